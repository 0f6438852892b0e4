import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { Protector } from '../../src/vault/protectors/protector.ts';
import { parseVaultFile, type VaultFile } from '../../src/vault/protectors/vaultFile.ts';
import { Vault } from '../../src/vault/vault.ts';
import type { VaultOptions } from '../../src/vault/vaultOptions.ts';
import { keeperBundle } from './keeperBundle.ts';
import { MemoryLog } from './memoryLog.ts';
import { minuteRecord } from './minuteRecord.ts';
import { memoryProtector, openKeyring, readSegments, temporaryFolder } from './vaultTools.ts';

const firstMinute = minuteRecord(0).sample.minute;

/** Windows that have one vault open, with real keepers, in a folder of its own. Released with all that it opened. */
export class VaultWindows {
  readonly root: string;
  /** The vault's. */
  readonly folder: string;
  /** Where this computer keeps what it has of the vault's keys. */
  readonly keys: string;
  readonly #protector: Protector;
  readonly #remove: () => Promise<void>;
  readonly #open: Vault[] = [];

  private constructor(root: string, remove: () => Promise<void>, protector: Protector) {
    this.root = root;
    this.folder = path.join(root, 'vault');
    this.keys = path.join(root, 'keys');
    this.#protector = protector;
    this.#remove = remove;
  }

  static async make(protector: Protector = memoryProtector()): Promise<VaultWindows> {
    const { folder, remove } = await temporaryFolder();
    return new VaultWindows(folder, remove, protector);
  }

  async open(options: Partial<VaultOptions> = {}): Promise<Vault> {
    const vault = new Vault({
      ...{ folder: this.folder, keysFolder: this.keys, keeperPath: await keeperBundle() },
      protectors: [this.#protector],
      clock: systemClock,
      log: new MemoryLog(),
      retryPausesMs: [10],
      ...options,
    });
    this.#open.push(vault);
    await vault.start();
    return vault;
  }

  get vaultJson(): string {
    return path.join(this.folder, 'vault.json');
  }

  /** The vault's file as it lies there. */
  async read(): Promise<VaultFile> {
    return parseVaultFile(await readFile(this.vaultJson));
  }

  /** What the segments hold, as the places of {@link minuteRecord}, each as often as it is told. */
  async minutes(): Promise<number[]> {
    const keyring = await openKeyring(this.folder, [this.#protector]);
    const { records } = await readSegments(this.folder, keyring);
    return records
      .flatMap((record) => (record.type === 'minute' ? record.sample.minute - firstMinute : []))
      .sort((one, other) => one - other);
  }

  async closeAll(): Promise<void> {
    for (const window of this.#open.splice(0)) {
      await window.close();
    }
  }

  async release(): Promise<void> {
    await this.closeAll();
    await this.#remove();
  }
}
