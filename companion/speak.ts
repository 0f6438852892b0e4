import type { TextName } from './texts.ts';

/** A text in the browser's language, or in English where the companion does not speak that. */
export function say(name: TextName, ...values: readonly number[]): string {
  return chrome.i18n.getMessage(name, values.map(String));
}

/** Puts in the texts of a page: those that `data-text` names. */
export function translatePage(): void {
  document.documentElement.lang = chrome.i18n.getMessage('language');
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    // What there is no text for stays empty.
    element.textContent = chrome.i18n.getMessage(element.dataset['text'] ?? '');
  }
}
