import * as v from 'valibot';
import type { Contract } from '../../base/channel.ts';
import { bestHoursState } from '../../readings/bestHoursReading.ts';
import { dayNumber, dayState, historyState } from '../../readings/dayReading.ts';
import { weekState } from '../../readings/weekReading.ts';
import { insightsState } from '../../readings/insightsReading.ts';
import { count, guard, nothing, wallMs } from '../../base/guards.ts';
import { storedId, storedKinds, storedOverview, storedPage } from '../../readings/storedReading.ts';

/** Host <-> keeper. */

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);

const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23));

const pastQuery = v.strictObject({ today: dayNumber, dayStartHour: hour, endMs: wallMs });
const pastState = v.strictObject({
  history: historyState,
  week: weekState,
  bestHours: bestHoursState,
});
/** Where to look back from. */
export type PastQuery = v.InferOutput<typeof pastQuery>;
/** What a look back shows. */
export type PastState = v.InferOutput<typeof pastState>;

const templateName = v.pipe(v.string(), v.maxLength(64));
const templateVersion = v.pipe(v.number(), v.integer(), v.minValue(0));
const template = v.strictObject({
  name: templateName,
  version: templateVersion,
  createdMs: wallMs,
  bytes,
});
const templateInfo = v.strictObject({
  id: v.pipe(v.string(), v.hexadecimal(), v.length(32)),
  name: templateName,
  version: templateVersion,
  createdMs: wallMs,
});

const lostStretch = v.strictObject({
  count,
  fromMs: v.nullable(wallMs),
  toMs: v.nullable(wallMs),
});
const verifySummary = v.strictObject({
  isWhole: v.boolean(),
  whole: count,
  damaged: count,
  unreadable: count,
  later: count,
  lostRecords: count,
  lost: v.array(lostStretch),
});
/**
 * What a check of every byte found: files by their state (`unreadable`: nothing of it could be opened; `later`:
 * of a later Millrace), and what was there and cannot be read, from when to when as far as what is around it tells.
 */
export type VerifySummary = v.InferOutput<typeof verifySummary>;

/** What the keeper offers the host. */
export const keeperContract = {
  requests: {
    /** The first request: which folder, and the 32 secret bytes of each identity, handed over for good. */
    open: {
      params: guard(v.strictObject({ folder: v.string(), secrets: v.array(bytes) })),
      result: guard(nothing),
    },
    loadDay: {
      params: guard(v.strictObject({ startMs: wallMs, endMs: wallMs })),
      result: guard(dayState),
    },
    loadPast: { params: guard(pastQuery), result: guard(pastState) },
    /** What the last twelve weeks show of the person's own habits. */
    loadInsights: { params: guard(pastQuery), result: guard(insightsState) },
    /** The focus sessions of which a part lies between two times, as their records' bytes. */
    loadFocus: {
      params: guard(v.strictObject({ startMs: wallMs, endMs: wallMs })),
      result: guard(v.array(bytes)),
    },
    /** What tells of one session with its minutes, one focus session or one answer, as records' bytes. */
    loadRecords: {
      params: guard(v.strictObject({ id: storedId })),
      result: guard(v.array(bytes)),
    },
    storedOverview: { params: guard(nothing), result: guard(storedOverview) },
    storedPage: {
      params: guard(
        v.strictObject({
          kind: v.picklist(storedKinds),
          beforeMs: v.nullable(wallMs),
          beforeId: v.optional(storedId),
        }),
      ),
      result: guard(storedPage),
    },
    /** The nearest days with a record on either side of one. */
    neighbours: {
      params: guard(v.strictObject({ day: dayNumber, dayStartHour: hour })),
      result: guard(
        v.strictObject({ previousDay: v.nullable(dayNumber), nextDay: v.nullable(dayNumber) }),
      ),
    },
    /** Whether the past is shown under earlier rules than the present ones. */
    isHistoryBehind: { params: guard(nothing), result: guard(v.boolean()) },
    /** Scores some more of the past under the present rules; what was recorded stays beside it. */
    rescore: {
      params: guard(nothing),
      result: guard(v.strictObject({ done: count, total: count, isOver: v.boolean() })),
    },
    /** What is usual for the person, as a template, from the minutes between two times. */
    learnBaseline: {
      params: guard(v.strictObject({ startMs: wallMs, endMs: wallMs, dayStartHour: hour })),
      result: guard(bytes),
    },
    /** Of each name the newest version; of a name with a version that one. Names without any are left out. */
    getTemplates: {
      params: guard(
        v.strictObject({ names: v.array(templateName), version: v.optional(templateVersion) }),
      ),
      result: guard(v.array(template)),
    },
    listTemplates: { params: guard(nothing), result: guard(v.array(templateInfo)) },
    /** Removes what has been deleted from every file at once. */
    purgeTemplates: {
      params: guard(nothing),
      result: guard(v.strictObject({ left: count })),
    },
    /** What the person's answers teach, as a template. */
    learnModel: {
      params: guard(v.strictObject({ dayStartHour: hour })),
      result: guard(bytes),
    },
    verify: { params: guard(nothing), result: guard(verifySummary) },
    backUp: {
      params: guard(nothing),
      result: guard(v.strictObject({ file: v.string(), sizeBytes: count, records: count })),
    },
    compact: {
      params: guard(nothing),
      result: guard(v.strictObject({ done: v.boolean(), discarded: count, purged: count })),
    },
  },
  events: {},
} as const satisfies Contract;

export type KeeperContract = typeof keeperContract;

/** What the thread is started with. */
export const keeperThreadData = v.strictObject({
  /** Of `sql-wasm.wasm`. */
  wasmPath: v.string(),
});
export type KeeperThreadData = v.InferOutput<typeof keeperThreadData>;

/** A new snapshot. */
export interface BackUpResult {
  /** Its name in the folder `snapshots`. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Records in it, but for minutes. */
  readonly records: number;
}

/** What a compaction did. */
export interface CompactionSummary {
  /** False when another process was at it already. */
  readonly done: boolean;
  /** Files that went to the trash, and files that left it for good. */
  readonly discarded: number;
  readonly purged: number;
}
