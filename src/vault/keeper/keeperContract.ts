import * as v from 'valibot';
import type { Contract, Params, RequestName, Result } from '../../base/channel.ts';
import { dayNumber, dayReading } from '../../readings/dayReading.ts';
import { insightsReading } from '../../readings/insightsReading.ts';
import { count, guard, nothing, wallMs } from '../../facts/guards.ts';
import { pastReading } from '../../readings/pastReading.ts';
import { storedId, storedKinds, storedOverview, storedPage } from '../../readings/storedReading.ts';

/** Host <-> keeper. */

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);

const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23));

const pastQuery = v.strictObject({ today: dayNumber, dayStartHour: hour, endMs: wallMs });
/** Where to look back from. */
export type PastQuery = v.InferOutput<typeof pastQuery>;

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
  strange: count,
  lostRecords: count,
  lost: v.array(lostStretch),
});
/**
 * What a check of every byte found: files by their state (`unreadable`: nothing of it could be opened; `later`:
 * of a later Millrace; `strange`: not of the vault's owner), and what was there and cannot be read, from when to when as far as what is around it tells.
 */
export type VerifySummary = v.InferOutput<typeof verifySummary>;

/** How far the past has been scored again, in sessions. */
const rescoreProgress = v.strictObject({ done: count, total: count, isOver: v.boolean() });
export type RescoreProgress = v.InferOutput<typeof rescoreProgress>;

const snapshotResult = v.strictObject({
  /** The snapshot's name in the folder `snapshots`. */
  file: v.string(),
  sizeBytes: count,
  /** Records in it, but for minutes. */
  records: count,
});
export type SnapshotResult = v.InferOutput<typeof snapshotResult>;

const compactionSummary = v.strictObject({
  /** False when another process was at it already. */
  done: v.boolean(),
  /** Files that went to the trash, and files that left it for good. */
  discarded: count,
  purged: count,
});
export type CompactionSummary = v.InferOutput<typeof compactionSummary>;

const dayQuery = v.strictObject({ startMs: wallMs, endMs: wallMs });

function question<P extends v.GenericSchema, R extends v.GenericSchema>(params: P, result: R) {
  return { params: guard(params), result: guard(result) };
}

/** What can be asked of the record: what each question takes and gives. `keeperAnswers.ts` answers it under its name. */
export const keeperQuestions = {
  loadDay: question(dayQuery, dayReading),
  loadPast: question(pastQuery, pastReading),
  /** What the last twelve weeks show of the person's own habits. */
  loadInsights: question(pastQuery, insightsReading),
  /** The focus sessions of which a part lies between two times, as their records' bytes. */
  loadFocus: question(dayQuery, v.array(bytes)),
  /** What tells of one session with its minutes, one focus session or one answer, as records' bytes. */
  loadRecords: question(v.strictObject({ id: storedId }), v.array(bytes)),
  /** How much there is of each kind of record. */
  storedOverview: question(nothing, storedOverview),
  /**
   * Records of one kind, the latest first. To go on, ask for those before the last one's time: records of one time
   * come on one page, whole, unless there are more than a hundred; then ask for those before its id as well.
   */
  storedPage: question(
    v.strictObject({
      kind: v.picklist(storedKinds),
      beforeMs: v.nullable(wallMs),
      beforeId: v.optional(storedId),
    }),
    storedPage,
  ),
  /** The nearest days with a record on either side of one. */
  neighbours: question(
    v.strictObject({ day: dayNumber, dayStartHour: hour }),
    v.strictObject({ previousDay: v.nullable(dayNumber), nextDay: v.nullable(dayNumber) }),
  ),
  /** Of each name the newest version; of a name with a version that one. Names without any are left out. */
  getTemplates: question(
    v.strictObject({ names: v.array(templateName), version: v.optional(templateVersion) }),
    v.array(template),
  ),
  /** Every version of every template, the newest of each name first. */
  listTemplates: question(nothing, v.array(templateInfo)),
  /** Whether the past is shown under earlier rules than the present ones. */
  isHistoryBehind: question(nothing, v.boolean()),
  /** What is usual for the person, as a template, from the minutes between two times. */
  learnBaseline: question(
    v.strictObject({ startMs: wallMs, endMs: wallMs, dayStartHour: hour }),
    bytes,
  ),
  /** What the person's answers teach, as a template. */
  learnModel: question(v.strictObject({ dayStartHour: hour }), bytes),
} as const;

/** What the keeper offers the host. */
export const keeperContract = {
  requests: {
    /** The first request: which folder, and the 32 secret bytes of each identity, handed over for good. */
    open: question(
      v.strictObject({ folder: v.string(), keysFolder: v.string(), secrets: v.array(bytes) }),
      nothing,
    ),
    ...keeperQuestions,
    /** Checks every byte of every segment and snapshot; changes nothing. */
    verify: question(nothing, verifySummary),
    /** Scores some more of the past under the present rules; what was recorded stays beside it. */
    rescore: question(nothing, rescoreProgress),
    /** Removes every trace of templates that were deleted; tells how many files may still hold one. */
    purgeTemplates: question(nothing, v.strictObject({ left: count })),
    /** Writes a snapshot of everything. */
    makeSnapshot: question(nothing, snapshotResult),
    /** Puts the segments into a new snapshot now. The keeper does so by itself, when it is time and it runs. */
    compact: question(nothing, compactionSummary),
  },
  events: {},
} as const satisfies Contract;

export type KeeperContract = typeof keeperContract;
export type QuestionName = keyof typeof keeperQuestions;
/** What the host may ask once the keeper is open. */
export type KeeperRequestName = Exclude<RequestName<KeeperContract>, 'open'>;
export type KeeperParams<N extends RequestName<KeeperContract>> = Params<KeeperContract, N>;
export type KeeperResult<N extends RequestName<KeeperContract>> = Result<KeeperContract, N>;

/** Who answers questions about the vault. */
export interface KeeperAsk {
  /** @throws {VaultError} `locked`, `wrongKey`, `damaged`, `unknownVersion`, `keeperFailed`, and what the request names */
  ask<N extends KeeperRequestName>(name: N, params: KeeperParams<N>): Promise<KeeperResult<N>>;
}

/** What the thread is started with. */
export const keeperThreadData = v.strictObject({
  /** Of `sql-wasm.wasm`. */
  wasmPath: v.string(),
});
export type KeeperThreadData = v.InferOutput<typeof keeperThreadData>;
