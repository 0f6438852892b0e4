import * as v from 'valibot';
import {
  earlyReasons,
  pauseCauses,
  sessionEnders,
  sessionKinds,
  type SessionEnd,
} from '../../base/focusSession.ts';
import { mergeSessions } from '../../base/focusSessionMerge.ts';
import { focusSessionRecord, origins, type FocusSessionRecord, type Origin } from '../record.ts';
import { VaultError } from '../vaultError.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { idBytes, idText, originOf } from '../codecs/rowValues.ts';

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

const columns = `id, start_ms, end_ms, zone_offset_minutes, kind, planned_ms, ended_by, reason, asked_ms, origin,
  extensions, pauses, shifts, counts`;
/** A session whose end nobody told reaches no further than this. */
const longestOpenMs = 24 * 3_600_000;

/** Whichever of two origins says least about a person's work. */
const originRank: Readonly<Record<Origin, number>> = { demo: 0, imported: 1, recorded: 2 };

/** Joins two tellings of one focus session; neither order nor repetition matters. */
export function mergeFocusSessionRecords(
  one: FocusSessionRecord,
  other: FocusSessionRecord,
): FocusSessionRecord {
  const origin = originRank[one.origin] <= originRank[other.origin] ? one.origin : other.origin;
  return focusSessionRecord(mergeSessions(one, other), origin);
}

/** Writes what a telling adds to a focus session's row. Whether it was deleted is the caller's to know. */
export function putFocusSession(database: Database, told: FocusSessionRecord): void {
  const id = idBytes(told.id);
  const row = database.row(`SELECT ${columns} FROM focus_sessions WHERE id = ?`, [id]);
  // Merged with itself when it is the first, so that a row is the same whichever telling came first.
  const record = mergeFocusSessionRecords(row === undefined ? told : recordOf(row), told);
  const { end } = record;
  database.run(
    `INSERT OR REPLACE INTO focus_sessions (${columns})
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
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
    ],
  );
  const reachMs = (end?.atMs ?? record.startMs) - record.startMs;
  if (reachMs > longestFocusMs(database)) {
    database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('longest_focus_ms', ?)", [
      reachMs,
    ]);
  }
}

/** Every focus session. */
export function readFocusSessions(database: Database): FocusSessionRecord[] {
  return database.rows(`SELECT ${columns} FROM focus_sessions ORDER BY start_ms, id`).map(recordOf);
}

/** The focus session of this id, or `undefined` when there is none. */
export function readFocusSession(database: Database, id: string): FocusSessionRecord | undefined {
  const row = database.row(`SELECT ${columns} FROM focus_sessions WHERE id = ?`, [idBytes(id)]);
  return row && recordOf(row);
}

/**
 * The focus sessions of which a part lies in a stretch of time, by their start. One that has not ended is among them
 * when it began in it, or less than a day before it.
 */
export function focusSessionsBetween(
  database: Database,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): FocusSessionRecord[] {
  const backMs = Math.max(longestFocusMs(database), longestOpenMs);
  return database
    .rows(
      `SELECT ${columns} FROM focus_sessions
       WHERE start_ms >= ? AND start_ms < ? AND coalesce(end_ms, start_ms + ?) > ?
       ORDER BY start_ms, id`,
      [startMs - backMs, endMs, longestOpenMs, startMs],
    )
    .map(recordOf);
}

function longestFocusMs(database: Database): number {
  return database.row("SELECT value FROM meta WHERE key = 'longest_focus_ms'")?.number(0) ?? 0;
}

function recordOf(row: Row): FocusSessionRecord {
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
