import * as v from 'valibot';
import { transferFailures, type TransferFailure } from '../transferError.ts';

/** When the next sync is due, and whether its failing is told. Nothing here looks at a clock or a disk. */

const minuteMs = 60_000;

/** What lies between syncs while something is recorded, unless the person says otherwise. */
export const usualEveryMinutes = 15;
/** A folder that is not there now is mostly there again in a while. */
const triesBeforeTelling: Readonly<Partial<Record<TransferFailure, number>>> = {
  unreachable: 3,
  busy: 3,
};
/** While it fails, the pause doubles up to so long. */
const longestPauseMs = 4 * 60 * minuteMs;

const wallMs = v.pipe(v.number(), v.safeInteger());
const stateSchema = v.strictObject({
  version: v.literal(1),
  lastTriedMs: v.nullable(wallMs),
  lastGoodMs: v.nullable(wallMs),
  failure: v.nullable(v.picklist(transferFailures)),
  failures: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** The failure that the person was told of and that has not ended. */
  told: v.nullable(v.picklist(transferFailures)),
});
/** `sync-schedule.json` in the storage folder. */
export type SyncScheduleState = v.InferOutput<typeof stateSchema>;

export const newSyncSchedule: SyncScheduleState = {
  version: 1,
  lastTriedMs: null,
  lastGoodMs: null,
  failure: null,
  failures: 0,
  told: null,
};

export interface SyncMoment {
  readonly nowMs: number;
  /** When the newest record was made in any window of this device; `undefined` when there is none. */
  readonly newestRecordMs: number | undefined;
  /** Whether the editor has just been started: others may have written since. */
  readonly isStart: boolean;
  readonly everyMinutes: number;
}

/** Whether to sync now: at each start, and every so often while there is something new to tell. */
export function isSyncDue(state: SyncScheduleState, moment: SyncMoment): boolean {
  const { nowMs, newestRecordMs, isStart, everyMinutes } = moment;
  if (isStart) {
    return true;
  }
  const { lastTriedMs, lastGoodMs, failures } = state;
  const pauseMs = Math.min(
    everyMinutes * minuteMs * 2 ** Math.min(failures, 10),
    Math.max(longestPauseMs, everyMinutes * minuteMs),
  );
  // A time that is yet to come is a clock's that was set back: it says nothing.
  if (lastTriedMs !== null && lastTriedMs <= nowMs && nowMs - lastTriedMs < pauseMs) {
    return false;
  }
  if (failures > 0) {
    return true;
  }
  const hasNews = newestRecordMs !== undefined && newestRecordMs > (lastGoodMs ?? -Infinity);
  return hasNews || (lastGoodMs !== null && lastGoodMs > nowMs);
}

/** The state after a sync. @param startedMs what was recorded later may not have been told */
export function afterSync(startedMs: number): SyncScheduleState {
  const atMs = Math.round(startedMs);
  return { ...newSyncSchedule, lastTriedMs: atMs, lastGoodMs: atMs };
}

/** The state after one that failed, and whether to tell: once for each failing state. A cancelled one is no failure. */
export function afterFailedSync(
  state: SyncScheduleState,
  triedMs: number,
  failure: TransferFailure,
): { readonly state: SyncScheduleState; readonly tells: boolean } {
  const lastTriedMs = Math.round(triedMs);
  if (failure === 'cancelled') {
    return { state: { ...state, lastTriedMs }, tells: false };
  }
  const failures = state.failures + 1;
  const tells = state.told !== failure && failures >= (triesBeforeTelling[failure] ?? 1);
  return {
    state: { ...state, lastTriedMs, failure, failures, told: tells ? failure : state.told },
    tells,
  };
}

/** The bytes of `sync-schedule.json`. */
export function formatSyncSchedule(state: SyncScheduleState): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(state, undefined, 2)}\n`);
}

/** Reads it; what can't be read counts as nothing known. */
export function parseSyncSchedule(bytes: Uint8Array | undefined): SyncScheduleState {
  try {
    return v.parse(stateSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return newSyncSchedule;
  }
}
