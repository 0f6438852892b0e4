import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { idText } from '../../vault/codecs/rowValues.ts';
import { dataFolderNames } from '../../vault/folder/vaultFolder.ts';
import { listFiles } from '../../vault/folder/vaultListing.ts';
import { readSegmentFile } from '../../vault/folder/vaultParts.ts';
import type { RecordId, VaultRecord } from '../../vault/record.ts';
import { ReadTrust, type VaultKeys } from '../../vault/trust/readTrust.ts';
import { readSegment } from '../../vault/segments/segmentReader.ts';
import { VaultError, type VaultFailure } from '../../vault/vaultError.ts';
import { keysOf } from '../../vault/kinds/recordKind.ts';
import { recordTables } from '../../vault/kinds/registry.ts';
import { deletedBy } from '../../vault/segments/recordCodec.ts';
import { ageStart, beginsWith } from '../copies/folderWalk.ts';
import { openAuthentic } from '../copies/openAuthentic.ts';
import { looksLikeAge } from '../copies/toolNames.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * What a file tells of deleted records: it holds one; a part of it can't be read, so perhaps; none; it is sealed for nobody
 * at hand, or of a later Millrace, so nobody here can tell.
 */
export type Finding = 'holds' | 'perhaps' | 'free' | 'wrongKey' | 'laterVersion';

/** As segments begin: docs/vault-format.md. */
const segmentStart = 'MRSEG1';
/** Of a file that is being written, and is none yet. */
const temporaryForm = /\.[0-9a-f]{16}\.tmp$/;

/** What it means that a file can't be opened; any other reason is damage. */
const findings: Readonly<Partial<Record<VaultFailure, Finding>>> = {
  wrongKey: 'wrongKey',
  destroyed: 'wrongKey',
  unknownVersion: 'laterVersion',
};

/** Whether a file is called as a segment is, or begins as one does. */
export async function isSegment(file: string): Promise<boolean> {
  return file.endsWith('.seg') || beginsWith(file, segmentStart);
}

/** Looks for records in sealed files as they lie there. */
export class DeletedSearch {
  readonly #deleted: ReadonlySet<RecordId>;
  readonly #place: JobPlace;
  /** Whoever wrote it: what is to be erased is to be found. */
  readonly #keys: VaultKeys;

  constructor(deleted: ReadonlySet<RecordId>, place: JobPlace) {
    this.#deleted = deleted;
    this.#place = place;
    this.#keys = { keyring: place.keyring, trust: ReadTrust.ofAll() };
  }

  /** Every file in a vault's folder that holds one, or of which a part can't be read, and what was found. */
  async lookThrough(vaultFolder: string): Promise<ReadonlyMap<string, Finding>> {
    const found = new Map<string, Finding>();
    for (const name of dataFolderNames) {
      const folder = path.join(vaultFolder, name);
      for (const file of (await listFiles(folder)).filter((each) => !temporaryForm.test(each))) {
        const finding = await this.look(path.join(folder, file));
        if (finding === 'holds' || finding === 'perhaps') {
          found.set(path.join(folder, file), finding);
        }
      }
    }
    return found;
  }

  /**
   * Looks into a segment or an age file: what is called so, or begins so, whatever its name. A file that is gone is free.
   */
  async look(file: string): Promise<Finding> {
    const name = path.basename(file);
    try {
      if (await isSegment(file)) {
        return await this.#lookIntoSegment(file);
      }
      return looksLikeAge(name) || (await beginsWith(file, ageStart))
        ? this.#lookIntoSnapshot(file)
        : 'free';
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') {
        return 'free';
      }
      if (!VaultError.is(error)) {
        throw error;
      }
      return findings[error.reason] ?? 'perhaps';
    }
  }

  /** Whether a database has one. */
  isIn(database: Database): boolean {
    return keysOf(recordTables).some(
      (type) =>
        type !== 'tombstone' &&
        database
          .rows(`SELECT id FROM ${recordTables[type].name}`)
          .some((row) => this.#deleted.has(idText(row.blob(0)))),
    );
  }

  async #lookIntoSegment(file: string): Promise<Finding> {
    const { records, damage } = readSegment(await readSegmentFile(file), this.#keys);
    return records.some((record) => this.#isDeleted(record))
      ? 'holds'
      : (damage?.gaps.length ?? 0) > 0
        ? 'perhaps'
        : 'free';
  }

  #isDeleted(record: VaultRecord): boolean {
    const id = deletedBy(record);
    return id !== undefined && this.#deleted.has(id);
  }

  #lookIntoSnapshot(file: string): Finding {
    const snapshot = openAuthentic(file, 'snapshot', this.#keys, this.#place);
    try {
      return this.isIn(snapshot.database) ? 'holds' : 'free';
    } finally {
      snapshot.dispose();
    }
  }
}
