import * as v from 'valibot';
import {
  earlyReasons,
  pauseCauses,
  sessionEnders,
  sessionKinds,
  type SessionEnd,
} from '../../facts/focusSession.ts';
import { mergeSessions } from '../../facts/focusSessionMerge.ts';
import { focusSessionRecord, origins, type FocusSessionRecord, type Origin } from '../record.ts';
import { VaultError } from '../vaultError.ts';
import type { Database, Row, Value } from '../sqlite/database.ts';
import {
  isDuration,
  isRecordId,
  isTime,
  isTimeOrNone,
  isUint32,
  isZoneOffset,
} from '../codecs/bounds.ts';
import { boundOf, idBytes, idText, originOf } from '../codecs/rowValues.ts';

/** Focus sessions as rows, and the rule by which two tellings of one become one. */

const time = v.number();
const timeOrNull = v.pipe(
  v.nullable(time),
  v.transform((wallMs) => wallMs ?? undefined),
);
const timed = v.array(v.strictObject({ atMs: time, byMs: v.number() }));
const pauses = v.array(
  v.strictObject({ startMs: time, endMs: timeOrNull, cause: v.picklist(pauseCauses) }),
);
const counts = v.record(
  v.string(),
  v.strictObject({
    seconds: v.number(),
    focusedSeconds: v.number(),
    inFlowSeconds: v.number(),
    unknownSeconds: v.number(),
    interruptions: v.number(),
    blockedTries: v.number(),
  }),
);
const kind = v.picklist(sessionKinds);
const ender = v.picklist(sessionEnders);
const reason = v.picklist(earlyReasons);

/** A session whose end nobody told reaches no further than this. */
const longestOpenMs = 24 * 3_600_000;

/** Whichever of two origins says least about a person's work. */
const originRank: Readonly<Record<Origin, number>> = {
  ...{ demo: 0, importedSum: 1 },
  ...{ imported: 2, recorded: 3 },
};

/** Joins two tellings of one focus session; neither order nor repetition matters. */
export function mergeFocusSessionRecords(
  one: FocusSessionRecord,
  other: FocusSessionRecord,
): FocusSessionRecord {
  const origin = originRank[one.origin] <= originRank[other.origin] ? one.origin : other.origin;
  return focusSessionRecord(mergeSessions(one, other), origin);
}

/** What {@link focusSessionOfRow} reads, in its order. */
export const focusSessionColumns = [
  'id',
  'start_ms',
  'end_ms',
  'zone_offset_minutes',
  'kind',
  'planned_ms',
  'ended_by',
  'reason',
  'asked_ms',
  'origin',
  'extensions',
  'pauses',
  'shifts',
  'counts',
];
/** In `meta`: how long the longest of them is. */
export const focusReachKey = 'longest_focus_ms';

/** A focus session as its row has it. */
export function focusSessionRow(record: FocusSessionRecord): Value[] {
  const { end } = record;
  return [
    idBytes(record.id),
    record.startMs,
    end?.atMs ?? null,
    record.zoneOffsetMinutes,
    record.kind,
    record.plannedMs,
    end?.by ?? null,
    end?.reason ?? null,
    record.askedMs ?? null,
    origins.indexOf(record.origin),
    JSON.stringify(record.extensions),
    JSON.stringify(record.pauses.map((pause) => ({ ...pause, endMs: pause.endMs ?? null }))),
    JSON.stringify(record.shifts),
    JSON.stringify(record.counts),
  ];
}

/**
 * The focus sessions of which a part lies in a stretch of time, by their start. One that has not ended is among them
 * when it began in it, or less than a day before it.
 */
export function focusSessionsBetween(
  database: Database,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): FocusSessionRecord[] {
  const backMs = Math.max(boundOf(database, focusReachKey), longestOpenMs);
  return database
    .rows(
      `SELECT ${focusSessionColumns.join(', ')} FROM focus_sessions
       WHERE start_ms >= ? AND start_ms < ? AND coalesce(end_ms, start_ms + ?) > ?
       ORDER BY start_ms, id`,
      [startMs - backMs, endMs, longestOpenMs, startMs],
    )
    .map(focusSessionOfRow);
}

/**
 * The focus session in a row.
 * @throws {VaultError} `unknownVersion` for a word of a later version, `damaged` for a list of another form
 */
export function focusSessionOfRow(row: Row): FocusSessionRecord {
  return {
    type: 'focusSession',
    id: idText(row.blob(0)),
    startMs: row.number(1),
    end: endOf(row),
    zoneOffsetMinutes: row.number(3),
    kind: known(kind, row.text(4)),
    plannedMs: row.number(5),
    askedMs: row.isNull(8) ? undefined : row.number(8),
    origin: originOf(row.number(9)),
    extensions: listIn(timed, row.text(10)),
    pauses: listIn(pauses, row.text(11)),
    shifts: listIn(timed, row.text(12)),
    counts: listIn(counts, row.text(13)),
  };
}

function endOf(row: Row): SessionEnd | undefined {
  return row.isNull(2)
    ? undefined
    : {
        atMs: row.number(2),
        by: known(ender, row.text(6)),
        reason: row.isNull(7) ? undefined : known(reason, row.text(7)),
      };
}

function listIn<S extends v.GenericSchema>(schema: S, json: string): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(json));
  } catch (cause) {
    throw new VaultError('damaged', 'The database holds a list of another form', { cause });
  }
}

/** A word that is no part of a list is of a later version: snapshots are sealed whole. */
function known<S extends v.GenericSchema>(schema: S, word: string): v.InferOutput<S> {
  const result = v.safeParse(schema, word);
  if (!result.success) {
    throw new VaultError('unknownVersion', 'The database has a word of a later version');
  }
  return result.output;
}

/** No session has so many windows, pauses or extensions; the bytes of a segment have no room for more. */
const longestList = 0xffff;
const windowId = /^[0-9a-f]{8,32}$/;

/** Whether all times and numbers of a focus session are within their bounds. */
export function isSoundFocusSession(record: FocusSessionRecord): boolean {
  const { id, startMs, zoneOffsetMinutes, plannedMs, askedMs, end } = record;
  const isTimed = (each: { readonly atMs: number; readonly byMs: number }): boolean =>
    isTime(each.atMs) && isDuration(each.byMs);
  const windows = Object.entries(record.counts);
  return (
    isRecordId(id) &&
    isTime(startMs) &&
    isZoneOffset(zoneOffsetMinutes) &&
    isDuration(plannedMs) &&
    isTimeOrNone(askedMs) &&
    isTimeOrNone(end?.atMs) &&
    [record.extensions, record.pauses, record.shifts, windows].every(
      ({ length }) => length <= longestList,
    ) &&
    record.extensions.every(isTimed) &&
    record.shifts.every(isTimed) &&
    record.pauses.every((pause) => isTime(pause.startMs) && isTimeOrNone(pause.endMs)) &&
    windows.every(([window, each]) => windowId.test(window) && Object.values(each).every(isUint32))
  );
}
