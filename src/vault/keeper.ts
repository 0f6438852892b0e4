import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import type { Handlers } from '../base/channel.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { SerialQueue } from '../base/serialQueue.ts';
import { identityFromSecret, wipe, type Keyring } from './identity.ts';
import type { BackUpResult, KeeperContract } from './keeperContract.ts';
import { Ledger } from './ledger.ts';
import { writeSnapshot } from './snapshot.ts';
import { VaultError } from './vaultError.ts';
import { parseVaultFile } from './vaultFile.ts';
import { snapshotsFolderName, trashFolderName, vaultFileName } from './vaultFolder.ts';
import { listFiles, newSnapshotName } from './vaultListing.ts';

export interface KeeperOptions {
  readonly sqlite: () => Promise<SqlJsStatic>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Owns the database and all long cryptography. One request at a time; a worker thread is its usual home. */
export class Keeper implements Disposable {
  readonly #options: KeeperOptions;
  readonly #queue = new SerialQueue();
  #folder = '';
  #keyring: Keyring = [];
  #ledger: Ledger | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** What answers the host's requests. Each rejects with a {@link VaultError}. */
  readonly handlers: Handlers<KeeperContract> = {
    open: ({ folder, secrets }) => this.#queue.run(() => this.#open(folder, secrets)),
    loadDay: (query) =>
      this.#queue.run(async () => {
        const ledger = this.#opened();
        await ledger.refresh();
        return ledger.loadDay(query);
      }),
    backUp: () => this.#queue.run(() => this.#backUp()),
  };

  /** Forgets the keys and the database. */
  dispose(): void {
    this.#ledger?.dispose();
    this.#ledger = undefined;
    wipe(...this.#keyring);
    this.#keyring = [];
  }

  async #open(folder: string, secrets: readonly Uint8Array[]): Promise<Record<string, never>> {
    this.dispose();
    const { log } = this.#options;
    this.#folder = folder;
    this.#keyring = secrets.map((secret) => identityFromSecret(secret));
    const sqlite = await this.#options.sqlite();
    this.#ledger = new Ledger({ folder, keyring: this.#keyring, sqlite, log });
    return {};
  }

  async #backUp(): Promise<BackUpResult> {
    const ledger = this.#opened();
    await ledger.refresh();
    const file = newSnapshotName(this.#options.clock.wallMs());
    const { recipient } = parseVaultFile(await readFile(path.join(this.#folder, vaultFileName)));
    const kept = await this.#keptSnapshots();
    const sizeBytes = await writeSnapshot(
      this.#folder,
      file,
      recipient,
      ledger.prepareSnapshot(kept),
    );
    ledger.noteSnapshot(file);
    return { file, sizeBytes, records: ledger.countRecords() };
  }

  async #keptSnapshots(): Promise<ReadonlySet<string>> {
    const [current, discarded] = await Promise.all([
      listFiles(path.join(this.#folder, snapshotsFolderName)),
      listFiles(path.join(this.#folder, trashFolderName)),
    ]);
    return new Set([...current, ...discarded]);
  }

  #opened(): Ledger {
    if (this.#ledger === undefined) {
      throw new VaultError('locked', 'The keeper has no key');
    }
    return this.#ledger;
  }
}
