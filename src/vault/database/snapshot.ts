import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';
import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import type { Disposable } from '../../base/disposable.ts';
import { AgeReader, type ByteSource } from '../age/ageStream.ts';
import type { Database } from '../sqlite/database.ts';
import { createFile, makeFolder } from '../../files/durableFiles.ts';
import type { Keyring } from '../age/identity.ts';
import { sealAsOwner } from '../trust/ownerSeal.ts';
import type { FileKeys, OwnFile } from '../trust/readTrust.ts';
import { openForeign, type ForeignOptions } from './foreignDatabase.ts';
import { migrations, schemaVersion } from './migrations.ts';
import { SealedPages } from '../sqlite/sealedPages.ts';
import { snapshotsFolderName } from '../folder/vaultFolder.ts';
import { openSealedFile, readSealedFile } from '../folder/vaultParts.ts';
import { VaultError } from '../vaultError.ts';

/** How far a segment is in a database. */
export interface Coverage {
  /** Its file name. */
  readonly file: string;
  /** Everything up to here was read and understood. */
  readonly bytes: number;
  readonly records: number;
}

/** An opened snapshot. Its pages are decrypted when they are read; dispose it to close the file. */
export interface OpenSnapshot extends Disposable {
  /** Closes the file, when the database is closed already. */
  release(): void;
  readonly database: Database;
  readonly sizeBytes: number;
  /** File names of the snapshots that this one holds whole. */
  readonly parents: readonly string[];
  readonly coverage: readonly Coverage[];
}

const hashedAtOnceBytes = 1 << 20;

/** How a snapshot is opened that is not of the usual kind. */
export interface OpenSnapshotOptions extends ForeignOptions {
  /** What it has to be signed as. */
  readonly what?: OwnFile;
}

/**
 * Opens a snapshot's database without decrypting all of it, brought up to date in memory.
 * @throws {VaultError} `untrusted` when the vault's owner did not sign it, `wrongKey`, `damaged`, or `unknownVersion` for the schema of a later Millrace.
 * @throws a system error, `ENOENT` when a peer took the snapshot away.
 */
export function openSnapshot(
  file: string,
  { keyring, trust }: FileKeys,
  sqlite: SqlJsStatic,
  { what = 'snapshot', steps = migrations, target = schemaVersion }: OpenSnapshotOptions = {},
): OpenSnapshot {
  const source = openSource(file);
  let reader: AgeReader | undefined;
  let database: Database | undefined;
  const release = (): void => {
    reader?.dispose();
    source.dispose();
  };
  const dispose = (): void => {
    database?.close();
    release();
  };
  try {
    reader = new AgeReader(source, keyring);
    trust.demandFile(reader, what, () => hashOf(source));
    database = openSealed(reader, sqlite, { steps, target });
    return {
      database,
      sizeBytes: source.sizeBytes,
      parents: database.rows('SELECT snapshot FROM parents').map((row) => row.text(0)),
      coverage: readCoverage(database),
      release,
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/**
 * Writes a database as a new snapshot: temporary file, fsync, its name, fsync of the folder. Nothing is ever
 * written over.
 * @param keyring of the owner, for whom it is sealed and who signs it
 * @returns the size of the file
 * @throws {VaultError} `unwritable`
 */
export async function writeSnapshot(
  folder: string,
  name: string,
  keyring: Keyring,
  database: Uint8Array,
): Promise<number> {
  const snapshots = path.join(folder, snapshotsFolderName);
  const sealed = sealAsOwner(keyring, 'snapshot', database);
  try {
    await makeFolder(snapshots);
    const file = path.join(snapshots, name);
    if (await createFile(file, sealed)) {
      // What this one supersedes goes to the trash, so look whether it is there as it was meant.
      if (Buffer.compare(await readSealedFile(file), sealed) !== 0) {
        throw new VaultError('unwritable', 'The snapshot was not written as it was given');
      }
      return sealed.length;
    }
  } catch (cause) {
    throw new VaultError('unwritable', 'The snapshot could not be written', { cause });
  }
  throw new VaultError('unwritable', 'There is a snapshot of this name already');
}

/** Writes down what a database holds, before it becomes a snapshot. */
export function writeCoverage(
  database: Database,
  parents: Iterable<string>,
  coverage: Iterable<Coverage>,
): void {
  database.run('DELETE FROM parents');
  for (const parent of parents) {
    database.run('INSERT INTO parents (snapshot) VALUES (?)', [parent]);
  }
  database.run('DELETE FROM covered_segments');
  for (const { file, bytes, records } of coverage) {
    database.run('INSERT INTO covered_segments (segment, bytes, records) VALUES (?, ?, ?)', [
      file,
      bytes,
      records,
    ]);
  }
}

function openSealed(reader: AgeReader, sqlite: SqlJsStatic, options: ForeignOptions): Database {
  const pages = new SealedPages(reader);
  const database = openForeign(sqlite, pages, options);
  // Should sql.js ever keep a copy of what it is given, it has a copy of nothing: read it all at once.
  return pages.wasTaken ? database : openForeign(sqlite, reader.readAll(), options);
}

/** SHA-256 of all of a source, in hex. */
function hashOf(source: ByteSource): string {
  const hash = createHash('sha256');
  for (let offset = 0; offset < source.sizeBytes; offset += hashedAtOnceBytes) {
    hash.update(source.read(offset, Math.min(hashedAtOnceBytes, source.sizeBytes - offset)));
  }
  return hash.digest('hex');
}

function readCoverage(database: Database): Coverage[] {
  return database
    .rows('SELECT segment, bytes, records FROM covered_segments')
    .map((row) => ({ file: row.text(0), bytes: row.number(1), records: row.number(2) }));
}

/**
 * A file that is read piece by piece, and stays readable when a peer moves it to the trash.
 * @throws {VaultError} `damaged` when it is a link, or no file
 * @throws a system error
 */
export function openSource(file: string): ByteSource & Disposable {
  const descriptor = openSealedFile(file);
  return {
    sizeBytes: fstatSync(descriptor).size,
    read(offset, lengthBytes) {
      const bytes = new Uint8Array(lengthBytes);
      let done = 0;
      while (done < lengthBytes) {
        const count = readSync(descriptor, bytes, done, lengthBytes - done, offset + done);
        if (count === 0) {
          throw new VaultError('damaged', 'A file is shorter than it was');
        }
        done += count;
      }
      return bytes;
    },
    dispose() {
      closeSync(descriptor);
    },
  };
}
