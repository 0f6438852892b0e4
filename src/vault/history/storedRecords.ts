import { activeMs, totalCounts } from '../../base/focusSession.ts';
import type {
  StoredKind,
  StoredOverview,
  StoredPage,
  StoredRecord,
} from '../../readings/storedReading.ts';
import type { Database, Row } from '../sqlite/database.ts';
import { readFocusSession } from '../kinds/focusSessionRows.ts';
import { readSamples } from '../codecs/minuteSeries.ts';
import { idBytes, idText, originOf } from '../codecs/rowValues.ts';
import { activities, type RecordId } from '../record.ts';
import { isFocusedState } from './daySummary.ts';

/** Every kind of record as it stands in the database, for who wants to see it: counted, and page by page. */

/** From where on a page goes, backwards in time. */
export interface StoredQuery {
  readonly kind: StoredKind;
  /** Records of earlier times only; `null`: from the latest on. */
  readonly beforeMs: number | null;
  /** Of the records of just that time, those with a smaller id as well. */
  readonly beforeId?: RecordId;
}

/** A page is as long as this, and longer where that would part records of one time. */
const pageRecords = 50;
/** The most that a message takes; it parts records of one time only where there are more of them than this. */
const mostRecords = 100;

type Fields = StoredRecord['fields'];

interface Table {
  readonly name: string;
  readonly time: string;
  /** What stands in an index that has all that `bytes` asks for. */
  readonly index: string | undefined;
  /** The bytes of a row's contents; what is of fixed length is a number. */
  readonly bytes: string;
  /** What `fieldsOf` reads, behind id and time. */
  readonly columns: string;
  readonly fieldsOf: (row: Row, database: Database) => Fields;
}

const tables: Readonly<Record<StoredKind, Table>> = {
  session: {
    name: 'sessions',
    time: 'start_ms',
    index: 'sessions_by_start',
    bytes: '32 + length(series)',
    columns: 'end_ms, zone_offset_minutes, origin, series',
    fieldsOf: (row) => {
      const samples = readSamples(row.blob(5));
      const focusedSeconds = samples
        .filter(({ state }) => isFocusedState(state))
        .reduce((sum, { seconds }) => sum + seconds, 0);
      return [
        { name: 'startMs', value: row.number(1) },
        { name: 'endMs', value: row.number(2) },
        { name: 'zoneOffsetMinutes', value: row.number(3) },
        { name: 'minutes', value: samples.length },
        { name: 'focusedSeconds', value: focusedSeconds },
        { name: 'origin', value: originOf(row.number(4)) },
      ];
    },
  },
  focusSession: {
    name: 'focus_sessions',
    time: 'start_ms',
    index: 'focus_sessions_by_start',
    bytes: '64 + length(extensions) + length(pauses) + length(shifts) + length(counts)',
    columns: 'zone_offset_minutes',
    fieldsOf: focusFields,
  },
  feedback: {
    name: 'feedback',
    time: 'at_ms',
    index: 'feedback_by_time',
    bytes: '33',
    columns: 'zone_offset_minutes, rating, activity, interrupted, features IS NOT NULL, origin',
    fieldsOf: (row) => [
      { name: 'atMs', value: row.number(1) },
      { name: 'zoneOffsetMinutes', value: row.number(2) },
      { name: 'rating', value: row.number(3) },
      { name: 'activity', value: activities[row.number(4)] ?? 'other' },
      { name: 'interrupted', value: row.number(5) === 1 },
      { name: 'scored', value: row.number(6) === 1 },
      { name: 'origin', value: originOf(row.number(7)) },
    ],
  },
  template: {
    name: 'templates',
    time: 'created_ms',
    index: undefined,
    bytes: '58 + length(name) + length(deflated)',
    columns: 'name, version, length(deflated)',
    fieldsOf: (row) => [
      { name: 'createdMs', value: row.number(1) },
      { name: 'name', value: row.text(2) },
      { name: 'version', value: row.number(3) },
      { name: 'bytes', value: row.number(4) },
    ],
  },
  audit: {
    name: 'audit_log',
    time: 'at_ms',
    index: 'audit_log_by_time',
    bytes: '32',
    columns: 'zone_offset_minutes, action',
    fieldsOf: (row) => [
      { name: 'atMs', value: row.number(1) },
      { name: 'zoneOffsetMinutes', value: row.number(2) },
      { name: 'event', value: row.text(3) },
    ],
  },
  tombstone: {
    name: 'tombstones',
    time: 'deleted_ms',
    index: 'tombstones_by_time',
    bytes: '22',
    columns: 'id',
    fieldsOf: (row) => [{ name: 'deletedMs', value: row.number(1) }],
  },
};

/** How much there is of each kind. Reads indexes only, but for templates, of which there are few. */
export function loadStoredKinds(database: Database): StoredOverview['kinds'] {
  return Object.entries(tables).map(([kind, { name, time, index, bytes }]) => {
    const row = database.row(
      `SELECT count(*), coalesce(sum(${bytes}), 0), min(${time}), max(${time})
       FROM ${name} ${index === undefined ? '' : `INDEXED BY ${index}`}`,
    );
    return {
      // `Object.entries` forgets that the names are those of the type.
      kind: kind as StoredKind,
      records: row?.number(0) ?? 0,
      bytes: row?.number(1) ?? 0,
      firstMs: row === undefined || row.isNull(2) ? null : row.number(2),
      lastMs: row === undefined || row.isNull(3) ? null : row.number(3),
    };
  });
}

/**
 * A page of records of one kind, the latest first. Records of one time are never parted, so going on before the
 * last one's time neither leaves out a record nor gives one twice; only of more than a hundred of one time
 * `beforeId` is needed to see all.
 */
export function loadStoredPage(
  database: Database,
  { kind, beforeMs, beforeId }: StoredQuery,
): StoredPage {
  const { name, time, columns, fieldsOf } = tables[kind];
  const rows = database.rows(
    `SELECT id, ${time} FROM ${name} WHERE (${time}, id) < (?, ?)
     ORDER BY ${time} DESC, id DESC LIMIT ${mostRecords + 1}`,
    // No id is smaller than one of no bytes.
    [beforeMs ?? Number.MAX_SAFE_INTEGER, beforeId === undefined ? noId : idBytes(beforeId)],
  );
  const length = lengthOfPage(rows.map((row) => row.number(1)));
  const records = rows.slice(0, length).flatMap((found): StoredRecord[] => {
    const id = found.blob(0);
    const row = database.row(`SELECT id, ${time}, ${columns} FROM ${name} WHERE id = ?`, [id]);
    return row === undefined
      ? []
      : [{ id: idText(id), atMs: row.number(1), fields: fieldsOf(row, database) }];
  });
  return { records, hasMore: rows.length > length };
}

const noId = new Uint8Array();

/** How many of these, latest first, make a page. */
function lengthOfPage(times: readonly number[]): number {
  if (times.length <= pageRecords) {
    return times.length;
  }
  const lastMs = times[pageRecords - 1];
  const first = times.indexOf(lastMs ?? 0);
  const after = times.findIndex((atMs, index) => index >= pageRecords && atMs !== lastMs);
  if (after !== -1) {
    return after;
  }
  // All that follow are of one time; they make a page of their own where they don't fit behind the others.
  return times.length <= mostRecords ? times.length : first > 0 ? first : mostRecords;
}

function focusFields(row: Row, database: Database): Fields {
  const session = readFocusSession(database, idText(row.blob(0)));
  if (session === undefined) {
    return [];
  }
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
