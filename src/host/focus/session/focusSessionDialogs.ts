import * as vscode from 'vscode';
import { earlyReasons, type EarlyReason } from '../../../facts/focusSession.ts';
import { askText } from '../../dialogs/askText.ts';
import { mostMinutes } from '../../settings/settingTable.ts';

/** What is asked about a session. */

/** Asks for a length in minutes; `undefined` when the person thought better of it. */
export async function askLength(title: string, usual: number): Promise<number | undefined> {
  const prompt = vscode.l10n.t('Minutes, 1 to {0}', mostMinutes);
  return askText({ title, prompt, value: String(usual) }, (text) => {
    const minutes = Number(text.trim());
    return Number.isInteger(minutes) && minutes >= 1 && minutes <= mostMinutes
      ? { value: minutes }
      : { objection: vscode.l10n.t('A whole number from 1 to {0}', mostMinutes) };
  });
}

/** Asks why a session ends early. Skipping the question is an answer: `undefined`. */
export async function askEarlyReason(): Promise<EarlyReason | undefined> {
  const items = earlyReasons.map((reason) => ({ reason, label: reasonName(reason) }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Why Does It End Early?'),
    placeHolder: vscode.l10n.t('Escape to say nothing; the session ends either way'),
  });
  return chosen?.reason;
}

function reasonName(reason: EarlyReason): string {
  switch (reason) {
    case 'done':
      return vscode.l10n.t('I am done');
    case 'interrupted':
      return vscode.l10n.t('I was interrupted');
    case 'switched':
      return vscode.l10n.t('Something else is more important');
    case 'tired':
      return vscode.l10n.t('I am tired');
    case 'other':
      return vscode.l10n.t('Another reason');
  }
}
