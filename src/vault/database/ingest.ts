import { dayAt } from '../../base/localDay.ts';
import { putAudit, readAudit } from './auditRows.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { putFocusSession, readFocusSessions } from '../kinds/focusSessionRows.ts';
import type { MinuteSeries } from '../codecs/minuteSeries.ts';
import {
  activities,
  origins,
  type FeedbackRecord,
  type RecordId,
  type TemplateRecord,
  type TombstoneRecord,
  type VaultRecord,
} from '../record.ts';
import { packFeatures, unpackFeatures } from '../segments/recordCodec.ts';
import { rulesOf, setRules } from './rescoredHistory.ts';
import {
  addKnown,
  addMinute,
  addSession,
  frameOf,
  reachMs,
  readSession,
  readSessions,
  unknownSession,
  writeSession,
  type KnownSession,
} from '../kinds/sessionRows.ts';
import { idBytes, idText, originOf } from '../codecs/rowValues.ts';

/**
 * Records into rows. Telling a record twice, or two records in the other order, gives the same rows: that is
 * what makes it safe to read a segment again, to unite snapshots, and to compact without a lock.
 */

const minuteMs = 60_000;

/** Collects what ingesting changed, for the roll-ups. */
export interface IngestOptions {
  /** The hour at which a person's day begins. */
  readonly dayStartHour: number;
  /** Days whose roll-up has to be computed again are added to it. */
  readonly dirtyDays: Set<number>;
}

/** Writes records into the database, as one transaction. */
export function ingest(
  database: Database,
  records: readonly VaultRecord[],
  options: IngestOptions,
): void {
  const sessions = new Map<RecordId, KnownSession>();
  const sessionOf = (id: RecordId): KnownSession => {
    const known = sessions.get(id) ?? unknownSession();
    sessions.set(id, known);
    return known;
  };
  database.transaction(() => {
    for (const record of records) {
      switch (record.type) {
        case 'session':
          addSession(sessionOf(record.id), record);
          break;
        case 'minute':
          addMinute(sessionOf(record.session), record);
          break;
        case 'template':
          putTemplate(database, record);
          break;
        case 'feedback':
          putFeedback(database, record);
          break;
        case 'focusSession':
          if (!isBuried(database, idBytes(record.id))) {
            putFocusSession(database, record);
          }
          break;
        case 'audit':
          if (!isBuried(database, idBytes(record.id))) {
            putAudit(database, record);
          }
          break;
        case 'tombstone':
          bury(database, idBytes(record.id), record.deletedMs, options);
          break;
      }
    }
    for (const [id, known] of sessions) {
      mergeSession(database, idBytes(id), known, options);
    }
  });
}

/** Takes in sessions that were read one by one. */
export function ingestSessions(
  database: Database,
  sessions: Iterable<readonly [Uint8Array, KnownSession]>,
  options: IngestOptions,
): void {
  database.transaction(() => {
    for (const [id, known] of sessions) {
      mergeSession(database, id, known, options);
    }
  });
}

/** Unites another vault database with this one. */
export function ingestDatabase(database: Database, other: Database, options: IngestOptions): void {
  ingest(database, [...readTombstones(other), ...readOthers(other)], options);
  ingestSessions(database, readSessions(other), options);
  // Whatever of the other is not scored under these rules has to be, so all is shown as under the earlier ones.
  setRules(database, Math.min(rulesOf(database), rulesOf(other)));
}

/** Every deletion that a database knows of. */
export function readTombstones(database: Database): TombstoneRecord[] {
  return database.rows('SELECT id, deleted_ms FROM tombstones').map((row) => ({
    type: 'tombstone',
    id: idText(row.blob(0)),
    deletedMs: row.number(1),
  }));
}

/** Every record that is no session, no minute and no deletion. */
function readOthers(database: Database): VaultRecord[] {
  return [
    ...readTemplates(database),
    ...readFeedback(database),
    ...readFocusSessions(database),
    ...readAudit(database),
  ];
}

/** Every version of every template. */
export function readTemplates(database: Database): TemplateRecord[] {
  return database
    .rows('SELECT id, name, version, created_ms, sha256, deflated FROM templates')
    .map((row) => ({
      type: 'template',
      id: idText(row.blob(0)),
      name: row.text(1),
      version: row.number(2),
      createdMs: row.number(3),
      sha256: row.blob(4),
      deflated: row.blob(5),
    }));
}

/** Every answer. */
export function readFeedback(database: Database): FeedbackRecord[] {
  return database
    .rows(`SELECT ${feedbackColumns} FROM feedback ORDER BY at_ms, id`)
    .map(feedbackOf);
}

/** The answer of this id, or `undefined` when there is none. */
export function readOneFeedback(database: Database, id: RecordId): FeedbackRecord | undefined {
  const sql = `SELECT ${feedbackColumns} FROM feedback WHERE id = ?`;
  const row = database.row(sql, [idBytes(id)]);
  return row && feedbackOf(row);
}

const feedbackColumns =
  'id, at_ms, zone_offset_minutes, rating, activity, interrupted, origin, features';

function feedbackOf(row: Row): FeedbackRecord {
  return {
    type: 'feedback',
    id: idText(row.blob(0)),
    atMs: row.number(1),
    zoneOffsetMinutes: row.number(2),
    rating: row.number(3),
    activity: activities[row.number(4)] ?? 'other',
    interrupted: row.number(5) === 1,
    origin: originOf(row.number(6)),
    features: row.isNull(7) ? undefined : unpackFeatures(row.blob(7)),
  };
}

/** How far the minutes of any session reach at most; what a search for a time has to look back. */
export function longestReachMs(database: Database): number {
  const row = database.row("SELECT value FROM meta WHERE key = 'longest_reach_ms'");
  return row?.number(0) ?? 0;
}

function mergeSession(
  database: Database,
  id: Uint8Array,
  news: KnownSession,
  options: IngestOptions,
): void {
  if (isBuried(database, id)) {
    return;
  }
  const merged = readSession(database, id) ?? unknownSession();
  const before = frameOf(merged);
  addKnown(merged, news);
  const frame = frameOf(merged);
  if (frame === undefined) {
    return;
  }
  writeSession(database, id, merged);
  const moved =
    before?.zoneOffsetMinutes !== frame.zoneOffsetMinutes || before.origin !== frame.origin;
  const changed = moved ? merged.series : news.series;
  markDirty(frame.zoneOffsetMinutes, changed, options);
  if (moved && before !== undefined) {
    markDirty(before.zoneOffsetMinutes, changed, options);
  }
  const reach = reachMs(frame, merged.series);
  if (reach > longestReachMs(database)) {
    database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('longest_reach_ms', ?)", [
      reach,
    ]);
  }
}

/** Deletes what has the id, now and for ever. */
function bury(database: Database, id: Uint8Array, deletedMs: number, options: IngestOptions): void {
  const known = readSession(database, id) ?? unknownSession();
  markDirty(frameOf(known)?.zoneOffsetMinutes ?? 0, known.series, options);
  database.run('DELETE FROM rescored WHERE session = (SELECT number FROM sessions WHERE id = ?)', [
    id,
  ]);
  for (const table of ['sessions', 'templates', 'feedback', 'focus_sessions', 'audit_log']) {
    database.run(`DELETE FROM ${table} WHERE id = ?`, [id]);
  }
  database.run(
    `INSERT INTO tombstones (id, deleted_ms) VALUES (?, ?)
     ON CONFLICT (id) DO UPDATE SET deleted_ms = min(deleted_ms, excluded.deleted_ms)`,
    [id, deletedMs],
  );
}

function isBuried(database: Database, id: Uint8Array): boolean {
  return database.row('SELECT 1 FROM tombstones WHERE id = ?', [id]) !== undefined;
}

function putTemplate(database: Database, template: TemplateRecord): void {
  const id = idBytes(template.id);
  if (isBuried(database, id)) {
    return;
  }
  database.run(
    `INSERT OR IGNORE INTO templates (id, name, version, created_ms, sha256, deflated)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [id, template.name, template.version, template.createdMs, template.sha256, template.deflated],
  );
}

function putFeedback(database: Database, feedback: FeedbackRecord): void {
  const id = idBytes(feedback.id);
  if (isBuried(database, id)) {
    return;
  }
  const { features } = feedback;
  database.run(
    `INSERT OR IGNORE INTO feedback (id, at_ms, zone_offset_minutes, rating, activity,
       interrupted, origin, features) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      feedback.atMs,
      feedback.zoneOffsetMinutes,
      feedback.rating,
      activities.indexOf(feedback.activity),
      feedback.interrupted ? 1 : 0,
      origins.indexOf(feedback.origin),
      features === undefined ? null : packFeatures(features),
    ],
  );
}

function markDirty(
  zoneOffsetMinutes: number,
  series: MinuteSeries,
  { dayStartHour, dirtyDays }: IngestOptions,
): void {
  for (const minute of series.minutes()) {
    dirtyDays.add(dayAt(minute * minuteMs, zoneOffsetMinutes, dayStartHour));
  }
}
