import * as vscode from 'vscode';
import { dayRange, isDay, type DayRange } from './dayRange.ts';

/** Asks for a day. @param today what stands there at first, `2026-11-21` */
export async function askDay(
  title: string,
  prompt: string,
  today: string,
): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt,
    value: today,
    ignoreFocusOut: true,
    validateInput: (text) =>
      isDay(text) ? undefined : vscode.l10n.t('A day, such as {0}', '2026-11-21'),
  });
}

/** Asks for the first and the last day, both included. */
export async function askDayRange(title: string, today: string): Promise<DayRange | undefined> {
  const from = await askDay(title, vscode.l10n.t('The first day'), today);
  if (from === undefined) {
    return undefined;
  }
  const to = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The last day'),
    value: from > today ? from : today,
    ignoreFocusOut: true,
    validateInput: (text) =>
      dayRange(from, text) === undefined ? vscode.l10n.t('A day from {0} on', from) : undefined,
  });
  return to === undefined ? undefined : dayRange(from, to);
}
