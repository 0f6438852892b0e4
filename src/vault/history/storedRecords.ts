import {
  storedKinds,
  type StoredKind,
  type StoredOverview,
  type StoredPage,
  type StoredRecord,
} from '../../readings/storedReading.ts';
import { idBytes, idText } from '../codecs/rowValues.ts';
import { recordTables } from '../kinds/registry.ts';
import type { RecordId } from '../record.ts';
import type { Database } from '../sqlite/database.ts';

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

/** How much there is of each kind. Reads indexes only, but for templates, of which there are few. */
export function loadStoredKinds(database: Database): StoredOverview['kinds'] {
  return storedKinds.map((kind) => {
    const { name, startMs: time, stored } = recordTables[kind];
    const { index, bytes } = stored;
    const row = database.row(
      `SELECT count(*), coalesce(sum(${bytes}), 0), min(${time}), max(${time})
       FROM ${name} ${index === undefined ? '' : `INDEXED BY ${index}`}`,
    );
    return {
      kind,
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
  const { name, startMs: time, stored } = recordTables[kind];
  const rows = database.rows(
    `SELECT id, ${time} FROM ${name} WHERE (${time}, id) < (?, ?)
     ORDER BY ${time} DESC, id DESC LIMIT ${mostRecords + 1}`,
    // No id is smaller than one of no bytes.
    [beforeMs ?? Number.MAX_SAFE_INTEGER, beforeId === undefined ? noId : idBytes(beforeId)],
  );
  const length = lengthOfPage(rows.map((row) => row.number(1)));
  const records = rows.slice(0, length).flatMap((found): StoredRecord[] => {
    const id = found.blob(0);
    const row = database.row(`SELECT id, ${time}, ${stored.columns} FROM ${name} WHERE id = ?`, [
      id,
    ]);
    return row === undefined
      ? []
      : [{ id: idText(id), atMs: row.number(1), fields: stored.fieldsOf(row, database) }];
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
