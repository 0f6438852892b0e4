import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatIdentity, type Keyring } from '../../src/vault/age/identity.ts';
import { readSegment } from '../../src/vault/segments/segmentReader.ts';
import { trusting } from './trusting.ts';

/** What must not be anywhere. */
export interface Wanted {
  /** Of records, but not of their deletions. */
  readonly ids: readonly string[];
  /** Contents, byte by byte, by a name for each. */
  readonly bytes: Readonly<Record<string, Buffer>>;
}

export interface SearchResult {
  /** File and what was found in it. */
  readonly found: readonly string[];
  /** Sealed files that were opened. */
  readonly opened: number;
}

/**
 * Looks for records in every file below some folders, as whoever has the keys could: in the file as it lies there; in age files
 * as the plain `age` opens them (of a damaged one what it gives out until then), in the database's bytes with its unused pages,
 * and in its dump by `sqlite3`; and in the records of segments. Nothing that erases is used here.
 */
export async function searchEverywhere(
  folders: readonly string[],
  keyring: Keyring,
  wanted: Wanted,
): Promise<SearchResult> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'millrace-search-'));
  const found: string[] = [];
  let opened = 0;
  try {
    const keys = path.join(scratch, 'keys.txt');
    await writeFile(keys, keyring.map((each) => `${formatIdentity(each)}\n`).join(''));
    for (const folder of folders) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) {
          const file = path.join(entry.parentPath, entry.name);
          const look = lookInto(await readFile(file), file, keys, keyring, wanted);
          found.push(...look.found.map((what) => `${path.relative(folder, file)}: ${what}`));
          opened += look.isOpened ? 1 : 0;
        }
      }
    }
    return { found, opened };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function lookInto(
  bytes: Buffer,
  file: string,
  keys: string,
  keyring: Keyring,
  wanted: Wanted,
): { readonly found: string[]; readonly isOpened: boolean } {
  const start = bytes.toString('latin1', 0, 6);
  const plain = start.startsWith('age') ? run('age', ['-d', '-i', keys, file]) : Buffer.alloc(0);
  const dump = plain.length > 0 ? dumpOf(plain, `${keys}.db`) : '';
  const records = start === 'MRSEG1' ? recordsIn(bytes, keyring) : [];
  const told = [...dump.split('\n').filter((line) => !isDeletion(line)), ...records];
  const found = [
    ...wanted.ids.filter((id) => told.some((line) => line.includes(id))),
    ...Object.entries(wanted.bytes)
      .filter(([, each]) => bytes.includes(each) || plain.includes(each))
      .map(([name]) => name),
  ];
  return { found, isOpened: plain.length > 0 || records.length > 0 };
}

function dumpOf(database: Buffer, file: string): string {
  writeFileSync(file, database);
  return run('sqlite3', [file, '.dump']).toString('latin1').toLowerCase();
}

function isDeletion(line: string): boolean {
  return line.startsWith('insert into tombstones');
}

/** Each record as a line. What can't be opened holds nothing that can be found. */
function recordsIn(bytes: Uint8Array, keyring: Keyring): string[] {
  try {
    return readSegment(bytes, trusting(keyring))
      .records.filter(({ type }) => type !== 'tombstone')
      .map((record) => JSON.stringify(record));
  } catch {
    return [];
  }
}

function run(tool: string, args: readonly string[]): Buffer {
  const { stdout, error } = spawnSync(tool, args, { maxBuffer: 1 << 30 });
  if (error !== undefined) {
    throw error;
  }
  return stdout;
}
