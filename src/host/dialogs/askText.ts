import * as vscode from 'vscode';

/** What a text means, or a sentence that says what is wrong with it. */
export type Meaning<T> = { readonly value: T } | { readonly objection: string };

/**
 * Asks for a text, and takes none that has no meaning.
 * @param meaningOf is asked at each change of the text, so it must be quick
 * @returns what the text means; `undefined` when the person thought better of it
 */
export async function askText<T>(
  options: Omit<vscode.InputBoxOptions, 'validateInput'>,
  meaningOf: (text: string) => Meaning<T>,
): Promise<T | undefined> {
  const typed = await vscode.window.showInputBox({
    ...options,
    validateInput: (text) => {
      const meaning = meaningOf(text);
      return 'objection' in meaning ? meaning.objection : undefined;
    },
  });
  const meaning = typed === undefined ? undefined : meaningOf(typed);
  return meaning !== undefined && 'value' in meaning ? meaning.value : undefined;
}

/** Has a word typed before something that can't be undone. Resolves to true only for that word. */
export async function askForWord(title: string, word: string): Promise<boolean> {
  const typed = await askText(
    { title, prompt: vscode.l10n.t('Type "{0}" to go on.', word), ignoreFocusOut: true },
    (text) => (text === word ? { value: text } : { objection: vscode.l10n.t('Type: {0}', word) }),
  );
  return typed === word;
}
