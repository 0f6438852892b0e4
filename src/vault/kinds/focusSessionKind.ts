import * as v from 'valibot';
import {
  activeMs,
  earlyReasons,
  pauseCauses,
  type sessionCountNames,
  sessionEnders,
  sessionKinds,
  totalCounts,
} from '../../facts/focusSession.ts';
import type { StoredRecord } from '../../readings/storedReading.ts';
import { integer, recordId, time, zoneOffset } from '../codecs/jsonFields.ts';
import { idText } from '../codecs/rowValues.ts';
import { origins, type FocusSessionRecord } from '../record.ts';
import { decodeFocusSession, encodeFocusSession, focusSessionNumber } from './focusSessionCodec.ts';
import {
  focusReachKey,
  focusSessionColumns,
  focusSessionOfRow,
  focusSessionRow,
  isSoundFocusSession,
  mergeFocusSessionRecords,
} from './focusSessionRows.ts';
import { readRecord } from './loneRows.ts';
import type { LoneTable, RecordCodec, RecordForm } from './recordKind.ts';

/** Focus sessions, told any number of times while they run. */

export const focusSessionCodec: RecordCodec<FocusSessionRecord> = {
  number: focusSessionNumber,
  encode: encodeFocusSession,
  decode: decodeFocusSession,
  isSound: isSoundFocusSession,
  timeOf: ({ end, startMs }) => end?.atMs ?? startMs,
  deletedBy: ({ id }) => id,
  endsSegment: () => false,
};

export const focusSessionTable: LoneTable<FocusSessionRecord> = {
  name: 'focus_sessions',
  schema: `-- Focus sessions. The lists are JSON; times within a session are corrected by the jumps of the clock in "shifts".
CREATE TABLE focus_sessions (
  id                  BLOB PRIMARY KEY,
  start_ms            INTEGER NOT NULL,
  -- NULL while it runs
  end_ms              INTEGER,
  zone_offset_minutes INTEGER NOT NULL,
  -- focus, break, custom
  kind                TEXT NOT NULL,
  -- The length chosen at the start, without extensions.
  planned_ms          INTEGER NOT NULL,
  -- time, early, replaced, lapsed
  ended_by            TEXT,
  -- With early, where one was given: done, interrupted, switched, tired, other
  reason              TEXT,
  -- When the person was asked whether to end.
  asked_ms            INTEGER,
  origin              INTEGER NOT NULL,
  -- [{atMs, byMs}]
  extensions          TEXT NOT NULL,
  -- [{startMs, endMs, cause}], cause person or gap
  pauses              TEXT NOT NULL,
  -- [{atMs, byMs}]
  shifts              TEXT NOT NULL,
  -- {window: {seconds, focusedSeconds, inFlowSeconds, unknownSeconds, interruptions, blockedTries}}
  counts              TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX focus_sessions_by_start ON focus_sessions (
  start_ms, 64 + length(extensions) + length(pauses) + length(shifts) + length(counts)
);
`,
  startMs: 'start_ms',
  endMs: 'coalesce(end_ms, start_ms)',
  zoneOffsetMinutes: 'zone_offset_minutes',
  isOfDay: true,
  monthColumn: 'start_ms',
  boundKeys: [focusReachKey],
  dependents: [],
  columns: focusSessionColumns,
  order: 'start_ms, id',
  toRow: focusSessionRow,
  fromRow: focusSessionOfRow,
  isSound: isSoundFocusSession,
  uniting: { unite: mergeFocusSessionRecords },
  reach: { key: focusReachKey, of: ({ startMs, end }) => (end?.atMs ?? startMs) - startMs },
  stored: {
    index: 'focus_sessions_by_start',
    bytes: '64 + length(extensions) + length(pauses) + length(shifts) + length(counts)',
    columns: 'zone_offset_minutes',
    fieldsOf(row, database) {
      const session = readRecord(database, focusSessionTable, idText(row.blob(0)));
      return session === undefined ? [] : fieldsOf(session);
    },
  },
};

export const focusSessionForm: RecordForm<FocusSessionRecord> = {
  name: 'focusSessions',
  columns: [
    'id',
    'kind',
    'start',
    'zoneOffsetMinutes',
    'plannedMs',
    'extensions',
    'pauses',
    'shifts',
    'asked',
    'end.at',
    'end.by',
    'end.reason',
    'counts',
    'origin',
  ],
  timeOf: ({ startMs, zoneOffsetMinutes }) => [startMs, zoneOffsetMinutes],
  toJson(record, timeText) {
    const { extensions, pauses, shifts, askedMs, end } = record;
    const maybe = (atMs: number | undefined): string | null =>
      atMs === undefined ? null : timeText(atMs);
    return {
      id: record.id,
      kind: record.kind,
      start: timeText(record.startMs),
      zoneOffsetMinutes: record.zoneOffsetMinutes,
      plannedMs: record.plannedMs,
      extensions: extensions.map(({ atMs, byMs }) => ({ at: timeText(atMs), byMs })),
      pauses: pauses.map(({ startMs, endMs, cause }) => ({
        start: timeText(startMs),
        end: maybe(endMs),
        cause,
      })),
      shifts: shifts.map(({ atMs, byMs }) => ({ at: timeText(atMs), byMs })),
      asked: maybe(askedMs),
      end:
        end === undefined
          ? null
          : { at: timeText(end.atMs), by: end.by, reason: end.reason ?? null },
      counts: record.counts,
      origin: record.origin,
    };
  },
  schema: formSchema,
};

function fieldsOf(session: FocusSessionRecord): StoredRecord['fields'] {
  const { end } = session;
  const counts = totalCounts(session);
  return [
    { name: 'kind', value: session.kind },
    { name: 'startMs', value: session.startMs },
    { name: 'endMs', value: end?.atMs ?? null },
    { name: 'zoneOffsetMinutes', value: session.zoneOffsetMinutes },
    { name: 'plannedMs', value: session.plannedMs },
    { name: 'activeMs', value: end === undefined ? null : activeMs(session, end.atMs) },
    { name: 'endedBy', value: end?.by ?? null },
    { name: 'reason', value: end?.reason ?? null },
    { name: 'askedMs', value: session.askedMs ?? null },
    { name: 'extensions', value: session.extensions.length },
    { name: 'pauses', value: session.pauses.length },
    { name: 'trackedSeconds', value: counts.seconds },
    { name: 'focusedSeconds', value: counts.focusedSeconds },
    { name: 'inFlowSeconds', value: counts.inFlowSeconds },
    { name: 'unknownSeconds', value: counts.unknownSeconds },
    { name: 'interruptions', value: counts.interruptions },
    { name: 'blockedTries', value: counts.blockedTries },
    { name: 'origin', value: session.origin },
  ];
}

function formSchema(): v.GenericSchema<unknown, FocusSessionRecord> {
  const mostMs = 2 ** 47;
  const count = integer(0, 2 ** 32 - 1);
  const timed = v.array(v.strictObject({ at: time, byMs: integer(-mostMs, mostMs) }));
  const counts = v.strictObject({
    seconds: count,
    focusedSeconds: count,
    inFlowSeconds: count,
    unknownSeconds: count,
    interruptions: count,
    blockedTries: count,
  }) satisfies { readonly entries: Record<(typeof sessionCountNames)[number], unknown> };

  return v.pipe(
    v.strictObject({
      id: recordId,
      kind: v.picklist(sessionKinds),
      start: time,
      zoneOffsetMinutes: zoneOffset,
      plannedMs: integer(0, mostMs),
      extensions: timed,
      pauses: v.array(
        v.strictObject({ start: time, end: v.nullable(time), cause: v.picklist(pauseCauses) }),
      ),
      shifts: timed,
      asked: v.nullable(time),
      end: v.nullable(
        v.strictObject({
          at: time,
          by: v.picklist(sessionEnders),
          reason: v.nullable(v.picklist(earlyReasons)),
        }),
      ),
      counts: v.record(v.pipe(v.string(), v.regex(/^[0-9a-f]{8,32}$/)), counts),
      origin: v.picklist(origins),
    }),
    v.transform(
      ({ start, extensions, pauses, shifts, asked, end, ...rest }): FocusSessionRecord => ({
        ...rest,
        type: 'focusSession',
        startMs: start,
        extensions: extensions.map(({ at, byMs }) => ({ atMs: at, byMs })),
        pauses: pauses.map((pause) => ({
          startMs: pause.start,
          endMs: pause.end ?? undefined,
          cause: pause.cause,
        })),
        shifts: shifts.map(({ at, byMs }) => ({ atMs: at, byMs })),
        askedMs: asked ?? undefined,
        end:
          end === null ? undefined : { atMs: end.at, by: end.by, reason: end.reason ?? undefined },
      }),
    ),
  );
}
