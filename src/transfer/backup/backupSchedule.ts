import * as v from 'valibot';
import { transferFailures, type TransferFailure } from '../transferError.ts';

/**
 * When the next backup is due, whether its failing is told, and what a device remembers of it. Nothing here looks at a
 * clock or a disk.
 */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** So long nobody has typed when the day's work is taken to be over. */
export const quietMs = 30 * minuteMs;
/** A long lunch is no end of work: between two good backups lies at least so much. */
export const leastGapMs = 4 * hourMs;
/** What lies between tries, the last for all that follow. */
export const retryPausesMs: readonly number[] = [
  5 * minuteMs,
  15 * minuteMs,
  hourMs,
  4 * hourMs,
  24 * hourMs,
];
/** A drive that is not plugged in is nothing to tell at once. */
const triesBeforeTelling: Readonly<Partial<Record<TransferFailure, number>>> = {
  unreachable: 3,
  busy: 3,
};

const wallMs = v.pipe(v.number(), v.safeInteger());

const stateSchema = v.strictObject({
  version: v.literal(1),
  /** The folder that all of this is about; empty when nothing is known of any. */
  folder: v.string(),
  lastTriedMs: v.nullable(wallMs),
  lastGoodMs: v.nullable(wallMs),
  lastVerifiedMs: v.nullable(wallMs),
  /** Why the last try failed; null when it was good. */
  failure: v.nullable(v.picklist(transferFailures)),
  /** Failed tries since the last good one. */
  failures: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** When the first of them was. */
  failingSinceMs: v.nullable(wallMs),
  /** The failure that the person was told of and that has not ended. */
  told: v.nullable(v.picklist(transferFailures)),
});

/** `backup-state.json` in the storage folder. */
export type BackupState = v.InferOutput<typeof stateSchema>;

export const newBackupState: BackupState = {
  version: 1,
  folder: '',
  lastTriedMs: null,
  lastGoodMs: null,
  lastVerifiedMs: null,
  failure: null,
  failures: 0,
  failingSinceMs: null,
  told: null,
};

export interface BackupMoment {
  readonly nowMs: number;
  /** When the newest record was made; `undefined` when there is none. */
  readonly newestRecordMs: number | undefined;
  /** When somebody typed last, in any window. */
  readonly lastTypedMs: number | undefined;
  /** Whether the editor has just been started. */
  readonly isStart: boolean;
}

/** Whether a backup is to be made now. */
export function isBackupDue(state: BackupState, moment: BackupMoment): boolean {
  const { nowMs, newestRecordMs, lastTypedMs, isStart } = moment;
  if (newestRecordMs === undefined) {
    return false;
  }
  const { lastGoodMs, lastTriedMs, failures } = state;
  // A time that is yet to come is a clock's that was set back: it says nothing.
  const goodMs = isPast(lastGoodMs, nowMs) ? lastGoodMs : undefined;
  const triedMs = isPast(lastTriedMs, nowMs) ? lastTriedMs : undefined;
  if (goodMs !== undefined && newestRecordMs <= goodMs) {
    return false;
  }
  if (failures > 0) {
    return triedMs === undefined || nowMs - triedMs >= pauseAfter(failures);
  }
  if (goodMs !== undefined && nowMs - goodMs < leastGapMs) {
    return false;
  }
  return isStart || lastTypedMs === undefined || Math.abs(nowMs - lastTypedMs) >= quietMs;
}

/** How long to wait after so many failures. */
export function pauseAfter(failures: number): number {
  return retryPausesMs[Math.min(failures, retryPausesMs.length) - 1] ?? 0;
}

/** The state after a backup that was made and verified. */
export function afterGood(state: BackupState, startedMs: number, verifiedMs: number): BackupState {
  return {
    ...state,
    lastTriedMs: Math.round(startedMs),
    // What was recorded while it was being made may not be in it.
    lastGoodMs: Math.round(startedMs),
    lastVerifiedMs: Math.round(verifiedMs),
    failure: null,
    failures: 0,
    failingSinceMs: null,
    told: null,
  };
}

/**
 * The state after one that failed, and whether to tell: once for each failing state, and not before a quiet try or two
 * where what is missing may just come back. A cancelled one is no failure.
 */
export function afterFailure(
  state: BackupState,
  triedMs: number,
  failure: TransferFailure,
): { readonly state: BackupState; readonly tells: boolean } {
  const lastTriedMs = Math.round(triedMs);
  if (failure === 'cancelled') {
    return { state: { ...state, lastTriedMs }, tells: false };
  }
  const failures = state.failures + 1;
  const tells = state.told !== failure && failures >= (triesBeforeTelling[failure] ?? 1);
  return {
    state: {
      ...state,
      lastTriedMs,
      failure,
      failures,
      failingSinceMs: state.failingSinceMs ?? lastTriedMs,
      told: tells ? failure : state.told,
    },
    tells,
  };
}

/** The bytes of `backup-state.json`. */
export function formatBackupState(state: BackupState): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(state, undefined, 2)}\n`);
}

/** Reads it; what can't be read counts as nothing known, so that the next backup comes early rather than never. */
export function parseBackupState(bytes: Uint8Array | undefined): BackupState {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    return v.parse(stateSchema, value);
  } catch {
    return newBackupState;
  }
}

function isPast(wallMs: number | null, nowMs: number): wallMs is number {
  return wallMs !== null && wallMs <= nowMs;
}
