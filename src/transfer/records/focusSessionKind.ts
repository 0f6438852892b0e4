import * as v from 'valibot';
import {
  earlyReasons,
  pauseCauses,
  type sessionCountNames,
  sessionEnders,
  sessionKinds,
} from '../../base/focusSession.ts';
import { readFocusSessions } from '../../vault/kinds/focusSessionRows.ts';
import { origins, type FocusSessionRecord } from '../../vault/record.ts';
import { integer, recordId, time, zoneOffset } from '../../vault/codecs/jsonFields.ts';
import { recordKind } from './recordKind.ts';

/** Focus sessions in an export: docs/export-format.md, "Focus sessions". */

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

const schema = v.pipe(
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
  v.transform(({ start, extensions, pauses, shifts, asked, end, ...rest }): FocusSessionRecord => ({
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
    end: end === null ? undefined : { atMs: end.at, by: end.by, reason: end.reason ?? undefined },
  })),
);

export const focusSessionKind = recordKind<FocusSessionRecord>({
  name: 'focusSessions',
  table: 'focus_sessions',
  columns: [
    ...['id', 'kind', 'start', 'zoneOffsetMinutes', 'plannedMs', 'extensions', 'pauses', 'shifts'],
    ...['asked', 'end.at', 'end.by', 'end.reason', 'counts', 'origin'],
  ],
  read: readFocusSessions,
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
  schema,
});
