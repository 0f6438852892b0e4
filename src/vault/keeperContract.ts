import * as v from 'valibot';
import type { Contract } from '../base/channel.ts';
import {
  bestHoursState,
  dayNumber,
  dayState,
  historyState,
  weekState,
} from '../protocol/dashboard.ts';
import { count, guard, nothing, shortText, wallMs } from '../protocol/guards.ts';

/** Host <-> keeper. */

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);
const logFields = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));

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
    /** The nearest days with a record on either side of one. */
    neighbours: {
      params: guard(v.strictObject({ day: dayNumber, dayStartHour: hour })),
      result: guard(
        v.strictObject({ previousDay: v.nullable(dayNumber), nextDay: v.nullable(dayNumber) }),
      ),
    },
    backUp: {
      params: guard(nothing),
      result: guard(v.strictObject({ file: v.string(), sizeBytes: count, records: count })),
    },
    compact: {
      params: guard(nothing),
      result: guard(v.strictObject({ done: v.boolean(), discarded: count, purged: count })),
    },
  },
  events: {
    logged: guard(
      v.strictObject({
        level: v.picklist(['info', 'warn', 'error']),
        message: shortText,
        fields: logFields,
      }),
    ),
  },
} as const satisfies Contract;

/** What the host offers the keeper. */
export const keeperHostContract = { requests: {}, events: {} } as const satisfies Contract;

export type KeeperContract = typeof keeperContract;
export type KeeperHostContract = typeof keeperHostContract;

/** What the worker is started with. */
export interface KeeperWorkerData {
  /** Of `sql-wasm.wasm`. */
  readonly wasmPath: string;
}

/** A new snapshot. */
export interface BackUpResult {
  /** Its name in the folder `snapshots`. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Sessions, templates and tombstones in it. */
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
