import * as vscode from 'vscode';
import type { Activity } from '../../vault/record.ts';
import type { Answer, Feedback } from './feedback.ts';

const ratings = [1, 2, 3, 4, 5, 6, 7] as const;

/** Asks about the last ten minutes in the palette, whenever somebody wants to say. */
export async function rateLastMinutes(feedback: Feedback): Promise<void> {
  const answer = await askAnswer(vscode.l10n.t('In the last 10 minutes I was fully absorbed'));
  if (answer !== undefined) {
    await feedback.answer(answer);
  }
}

/** Asks the three questions one after the other; `undefined` when one of them is closed. */
export async function askAnswer(title: string): Promise<Answer | undefined> {
  const rating = await vscode.window.showQuickPick(
    ratings.map((value) => ({ value, label: String(value), description: meaning(value) })),
    { title },
  );
  if (rating === undefined) {
    return undefined;
  }
  const activity = await vscode.window.showQuickPick(
    activityChoices().map(([value, label]) => ({ value, label })),
    { title: vscode.l10n.t('What was it mostly?') },
  );
  if (activity === undefined) {
    return undefined;
  }
  const interrupted = await vscode.window.showQuickPick(
    [
      { value: false, label: vscode.l10n.t('No') },
      { value: true, label: vscode.l10n.t('Yes') },
    ],
    { title: vscode.l10n.t('Were you interrupted?') },
  );
  return interrupted === undefined
    ? undefined
    : { rating: rating.value, activity: activity.value, interrupted: interrupted.value };
}

function activityChoices(): readonly (readonly [Activity, string])[] {
  return [
    ['writing', vscode.l10n.t('Writing')],
    ['reading', vscode.l10n.t('Reading')],
    ['assisted', vscode.l10n.t('Assisted')],
    ['other', vscode.l10n.t('Something else')],
  ];
}

function meaning(rating: number): string {
  if (rating === 1) {
    return vscode.l10n.t('not at all');
  }
  return rating === ratings.length ? vscode.l10n.t('completely') : '';
}
