import * as vscode from 'vscode';
import { earlyReasons, type EarlyReason } from '../../facts/focusSession.ts';
import type { CorrectableKind, StoredRecord } from '../../readings/storedReading.ts';
import { askAnswer } from '../recording/ratingCommand.ts';
import type { StoredCorrection } from '../../vault/vaultContents.ts';
import { askText } from '../dialogs/askText.ts';
import { numberField } from './storedFields.ts';
import { formatLocalTime, parseLocalTime } from './storedTimes.ts';

/**
 * Asks what a record should say instead; `undefined` when the person thinks better of it.
 */
export async function askCorrection(
  kind: CorrectableKind,
  record: StoredRecord,
): Promise<StoredCorrection | undefined> {
  switch (kind) {
    case 'session':
      return askTimes(record);
    case 'feedback': {
      const answer = await askAnswer(vscode.l10n.t('In those 10 minutes I was fully absorbed'));
      return answer && { kind: 'feedback', ...answer };
    }
    case 'focusSession': {
      const reason = await askReason();
      return reason && { kind: 'focusSession', reason };
    }
  }
}

async function askTimes(record: StoredRecord): Promise<StoredCorrection | undefined> {
  const zoneOffsetMinutes = numberField(record, 'zoneOffsetMinutes') ?? 0;
  const presentStartMs = numberField(record, 'startMs') ?? record.atMs;
  const presentEndMs = numberField(record, 'endMs') ?? presentStartMs;
  const startMs = await askTime(
    vscode.l10n.t('When the session began'),
    presentStartMs,
    zoneOffsetMinutes,
    () => undefined,
  );
  if (startMs === undefined) {
    return undefined;
  }
  const endMs = await askTime(
    vscode.l10n.t('When the session ended'),
    presentEndMs,
    zoneOffsetMinutes,
    (wallMs) =>
      wallMs <= startMs ? vscode.l10n.t('It can only end after it has begun.') : undefined,
  );
  return endMs === undefined ? undefined : { kind: 'session', startMs, endMs };
}

/** One time; left as it is shown, it keeps its seconds. */
async function askTime(
  title: string,
  presentMs: number,
  zoneOffsetMinutes: number,
  objection: (wallMs: number) => string | undefined,
): Promise<number | undefined> {
  const shown = formatLocalTime(presentMs, zoneOffsetMinutes);
  const prompt = vscode.l10n.t(
    'Year, month, day, hour and minute, as in {0}. Minutes outside of the session are deleted.',
    '2026-11-18 08:42',
  );
  return askText({ title, value: shown, prompt }, (text) => {
    const wallMs = text.trim() === shown ? presentMs : parseLocalTime(text, zoneOffsetMinutes);
    if (wallMs === undefined) {
      return { objection: vscode.l10n.t('Type a day and a time, as in {0}', '2026-11-18 08:42') };
    }
    const wrong =
      wallMs > Date.now() ? vscode.l10n.t('That time has not come yet.') : objection(wallMs);
    return wrong === undefined ? { value: wallMs } : { objection: wrong };
  });
}

async function askReason(): Promise<EarlyReason | undefined> {
  const chosen = await vscode.window.showQuickPick(
    earlyReasons.map((reason) => ({ reason, label: reasonName(reason) })),
    { title: vscode.l10n.t('Why the focus session ended early') },
  );
  return chosen?.reason;
}

function reasonName(reason: EarlyReason): string {
  switch (reason) {
    case 'done':
      return vscode.l10n.t('I was done');
    case 'interrupted':
      return vscode.l10n.t('Somebody or something interrupted me');
    case 'switched':
      return vscode.l10n.t('I went on to something else');
    case 'tired':
      return vscode.l10n.t('I was tired');
    case 'other':
      return vscode.l10n.t('Another reason');
  }
}
