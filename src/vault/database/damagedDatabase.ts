import { createHash } from 'node:crypto';
import type { SqlJsStatic } from 'sql.js';
import { AgeReader, memorySource } from '../age/ageStream.ts';
import { fastestCipher } from '../age/chunkCipher.ts';
import type { Database } from '../sqlite/database.ts';
import type { FileKeys } from '../trust/readTrust.ts';
import { SealedPages } from '../sqlite/sealedPages.ts';
import { readRecords } from '../kinds/loneRows.ts';
import { loneTables } from '../kinds/loneTables.ts';
import type { VaultRecord } from '../record.ts';
import { openForeign } from './foreignDatabase.ts';
import { readSession, type KnownSession } from '../kinds/sessionRows.ts';
import { readSealedFile } from '../folder/vaultParts.ts';
import { VaultError } from '../vaultError.ts';

/** What can still be read of a snapshot of which some pages do not authenticate. */
export interface DamagedContents {
  readonly sessions: readonly (readonly [Uint8Array, KnownSession])[];
  /** All other records; none of a kind whose table can't be read. */
  readonly others: readonly VaultRecord[];
  /** Sessions that were there and can't be read. */
  readonly lostSessions: number;
  /** When they began, as far as the index still tells; ascending. */
  readonly lostStartsMs: readonly number[];
}

/**
 * Reads every session whose pages are whole, one by one.
 * @throws {VaultError} `untrusted` when it is not the owner's; when not even the first pages can be read.
 */
export async function readDamagedSnapshot(
  file: string,
  { keyring, trust }: FileKeys,
  sqlite: SqlJsStatic,
): Promise<DamagedContents> {
  const bytes = await readSealedFile(file);
  const source = memorySource(bytes);
  const reader = new AgeReader(source, keyring, fastestCipher, 'damaged');
  let database: Database | undefined;
  try {
    trust.demandFile(reader, 'snapshot', () => createHash('sha256').update(bytes).digest('hex'));
    database = openForeign(sqlite, new SealedPages(reader));
    return readSingly(database, Math.ceil(reader.plainBytes / shortestRowBytes));
  } finally {
    database?.close();
    reader.dispose();
  }
}

/** A bound for how many sessions a file can hold, where even their count can't be read. */
const shortestRowBytes = 48;

function readSingly(database: Database, mostSessions: number): DamagedContents {
  const startsMs = readStarts(database);
  const [last = mostSessions] =
    startsMs.size > 0
      ? [[...startsMs.keys()].reduce((most, number) => Math.max(most, number), 0)]
      : attempt(() =>
          database
            .rows('SELECT max(number) FROM sessions')
            .map((row) => (row.isNull(0) ? 0 : row.number(0))),
        );
  const sessions: (readonly [Uint8Array, KnownSession])[] = [];
  const lostStartsMs: number[] = [];
  let lostSessions = 0;
  // A number may be any; there are no more than there is room for.
  const numbers = new Set(startsMs.keys());
  for (let number = 1; number <= Math.min(last, mostSessions); number++) {
    numbers.add(number);
  }
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const session = readNumber(database, number);
    if (session === 'lost') {
      const startMs = startsMs.get(number);
      // Without the index nobody can tell a lost session from a number that none had.
      lostSessions += startMs === undefined && startsMs.size > 0 ? 0 : 1;
      if (startMs !== undefined) {
        lostStartsMs.push(startMs);
      }
    } else if (session !== undefined) {
      sessions.push(session);
    }
  }
  const others = loneTables().flatMap((table) => attempt(() => readRecords(database, table)));
  return {
    sessions,
    others,
    lostSessions,
    lostStartsMs: lostStartsMs.sort((one, two) => one - two),
  };
}

function readNumber(
  database: Database,
  number: number,
): readonly [Uint8Array, KnownSession] | 'lost' | undefined {
  try {
    const row = database.row('SELECT id FROM sessions WHERE number = ?', [number]);
    if (row === undefined) {
      return undefined;
    }
    const id = row.blob(0);
    const known = readSession(database, number);
    return known === undefined ? undefined : [id, known];
  } catch (error) {
    if (VaultError.is(error)) {
      return 'lost';
    }
    throw error;
  }
}

function attempt<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (VaultError.is(error)) {
      return [];
    }
    throw error;
  }
}

/** The index is stored apart from the rows, so it may still say when a lost session began. */
function readStarts(database: Database): Map<number, number> {
  const rows = attempt(() =>
    database.rows('SELECT number, start_ms FROM sessions INDEXED BY sessions_by_start'),
  );
  return new Map(rows.map((row) => [row.number(0), row.number(1)]));
}
