import * as vscode from 'vscode';
import { askText } from '../../dialogs/askText.ts';
import { dayRange, isDay, type DayRange } from './dayRange.ts';

/** Asks for a day. @param today what stands there at first, `2026-11-21` */
export async function askDay(
  title: string,
  prompt: string,
  today: string,
): Promise<string | undefined> {
  return askText({ title, prompt, value: today, ignoreFocusOut: true }, (text) =>
    isDay(text)
      ? { value: text }
      : { objection: vscode.l10n.t('A day, such as {0}', '2026-11-21') },
  );
}

/** Asks for the first and the last day, both included. */
export async function askDayRange(title: string, today: string): Promise<DayRange | undefined> {
  const from = await askDay(title, vscode.l10n.t('The first day'), today);
  if (from === undefined) {
    return undefined;
  }
  const prompt = vscode.l10n.t('The last day');
  const value = from > today ? from : today;
  return askText({ title, prompt, value, ignoreFocusOut: true }, (to) => {
    const range = dayRange(from, to);
    return range === undefined
      ? { objection: vscode.l10n.t('A day from {0} on', from) }
      : { value: range };
  });
}
