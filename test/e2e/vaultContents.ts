import { execFile } from 'node:child_process';
import { copyFile, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { systemErrorCode } from '../../src/base/errors.ts';
import { formatIdentity, wipe, type Identity } from '../../src/vault/age/identity.ts';
import { segmentsFolderOf, trashFolderName } from '../../src/vault/folder/vaultFolder.ts';
import { listSegments, listTrash } from '../../src/vault/folder/vaultListing.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import type { MinuteRecord, VaultRecord } from '../../src/vault/record.ts';
import { readSegment } from '../../src/vault/segments/segmentReader.ts';
import { openWithProtectors } from '../../src/vault/keys/vaultKeys.ts';
import { readVaultFile } from '../../src/vault/keys/vaultStore.ts';
import { waitFor } from '../support/waitFor.ts';
import { trusting } from '../support/trusting.ts';

const execute = promisify(execFile);

/** Whether Millrace has made its vault; it does so behind the editor's start. */
export async function hasVault(storageFolder: string): Promise<boolean> {
  return (await readVaultFile(path.join(storageFolder, 'vault'))) !== undefined;
}

/** Reads a vault from outside the editor: with its key file, and with the two standard tools. */
export class VaultContents {
  readonly #folder: string;
  readonly #identities: readonly Identity[];

  private constructor(folder: string, identities: readonly Identity[]) {
    this.#folder = folder;
    this.#identities = identities;
  }

  /** @param storageFolder Millrace's global storage, which holds the vault and the key file beside it */
  static async open(storageFolder: string): Promise<VaultContents> {
    const folder = path.join(storageFolder, 'vault');
    const file = await readVaultFile(folder);
    if (file === undefined) {
      throw new Error('There is no vault');
    }
    const keyFile = new KeyFileProtector(path.join(storageFolder, 'keys'));
    const { identities } = await openWithProtectors(file, [keyFile]);
    return new VaultContents(folder, identities);
  }

  /**
   * Every record of every segment as it lies on disk now, also of windows that still run, and also of segments that the day's
   * compaction, which any window may begin while a test looks, has put into the trash.
   */
  async records(): Promise<readonly VaultRecord[]> {
    const read = new Map<string, readonly VaultRecord[] | undefined>();
    // In this order, as a segment moves in this direction.
    for (const { file } of await listSegments(this.#folder)) {
      read.set(file, await this.#readSegment(path.join(segmentsFolderOf(this.#folder), file)));
    }
    for (const { file, original } of await listTrash(this.#folder)) {
      if (original.endsWith('.seg') && read.get(original) === undefined) {
        read.set(original, await this.#readSegment(path.join(this.#folder, trashFolderName, file)));
      }
    }
    return [...read.values()].flatMap((records) => records ?? []);
  }

  async minutes(): Promise<readonly MinuteRecord[]> {
    return (await this.records()).filter((record) => record.type === 'minute');
  }

  /** `undefined` where it is gone: moved to the trash meanwhile. */
  async #readSegment(file: string): Promise<readonly VaultRecord[] | undefined> {
    try {
      return readSegment(await readFile(file), trusting(this.#identities)).records;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Decrypts the newest snapshot with `age` into a folder outside the vault.
   * @returns the database's bytes and the text of `sqlite3 .dump`
   */
  async openNewestSnapshot(
    workFolder: string,
  ): Promise<{ readonly bytes: Buffer; readonly dump: string }> {
    // Again, where the one that was the newest makes room for another meanwhile.
    const sealed = path.join(workFolder, 'millrace.db.age');
    await waitFor('the newest snapshot', async () => {
      await copyFile(await this.#newestSnapshot(), sealed);
      return true;
    });
    const identityFile = path.join(workFolder, 'recovery-key.txt');
    const database = path.join(workFolder, 'millrace.db');
    await writeFile(identityFile, `${this.#identities.map(formatIdentity).join('\n')}\n`, {
      mode: 0o600,
    });
    await execute('age', ['-d', '-i', identityFile, '-o', database, sealed]);
    const { stdout } = await execute('sqlite3', [database, '.dump'], { maxBuffer: 1 << 28 });
    return { bytes: await readFile(database), dump: stdout };
  }

  async #newestSnapshot(): Promise<string> {
    const snapshots = path.join(this.#folder, 'snapshots');
    // Not the last by name: within a second chance decides which that is.
    let newest: string | undefined;
    let newestMs = -Infinity;
    for (const name of await readdir(snapshots)) {
      if (name.endsWith('.age')) {
        const file = path.join(snapshots, name);
        const { mtimeMs } = await stat(file);
        if (mtimeMs > newestMs) {
          newest = file;
          newestMs = mtimeMs;
        }
      }
    }
    if (newest === undefined) {
      throw new Error('There is no snapshot');
    }
    return newest;
  }

  dispose(): void {
    wipe(...this.#identities);
  }
}

/** One number for each minute of each session, so that sets of them can be compared. */
export function minuteKeys(minutes: readonly MinuteRecord[]): readonly string[] {
  return minutes.map(({ session, sample }) => `${session}:${sample.minute}`);
}
