import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import { loadSqlite } from '../../src/vault/sqlite/database.ts';
import { generateIdentity, type Identity } from '../../src/vault/age/identity.ts';
import { generateSigningKey, type SigningKey } from '../../src/vault/age/signing.ts';
import { KeeperClient, type KeeperClientOptions } from '../../src/vault/keeper/keeperClient.ts';
import type { Ledger } from '../../src/vault/ledger/ledger.ts';
import type { VaultRecord } from '../../src/vault/record.ts';
import { encodeRecord } from '../../src/vault/segments/recordCodec.ts';
import { SegmentWriter } from '../../src/vault/segments/segmentWriter.ts';
import { signVaultFile } from '../../src/vault/keys/vaultAuthorship.ts';
import { withDevice } from '../../src/vault/keys/vaultOwnership.ts';
import { formatVaultFile, type VaultFile } from '../../src/vault/protectors/vaultFile.ts';
import { segmentsFolderOf } from '../../src/vault/folder/vaultFolder.ts';
import { keeperBundle, wasmPath } from './keeperBundle.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';
import { testId } from './vaultRecords.ts';
import { newLedger } from './trusting.ts';

/** A real vault in a folder of its own, without protectors. Whatever it made is released with it. */
export class TestVault {
  readonly folder: string;
  readonly identity: Identity;
  readonly clock: ManualClock;
  readonly device = generateSigningKey();
  readonly log = new MemoryLog();
  readonly #toRelease: (() => Promise<void> | void)[] = [];

  private constructor(folder: string, identity: Identity, clock: ManualClock) {
    this.folder = folder;
    this.identity = identity;
    this.clock = clock;
  }

  /** @param identity of another device that has the same vault */
  static async create(nowMs: number, identity = generateIdentity()): Promise<TestVault> {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-vault-'));
    const vault = new TestVault(folder, identity, new ManualClock(nowMs));
    await vault.writeVaultFile();
    return vault;
  }

  async writeVaultFile(): Promise<void> {
    await writeFile(path.join(this.folder, 'vault.json'), formatVaultFile(this.vaultFile()));
  }

  /** Lets another device write here too. */
  async letIn({ publicKey }: SigningKey): Promise<void> {
    await this.sign(withDevice(this.vaultFile(), publicKey, this.clock.wallMs()));
  }

  /** Writes a changed `vault.json` as the vault's owner does. @param added identities that came with the change */
  async sign(file: VaultFile, ...added: readonly Identity[]): Promise<void> {
    const signed = signVaultFile(file, [...added, this.identity]);
    await writeFile(path.join(this.folder, 'vault.json'), formatVaultFile(signed));
  }

  /** As it was made: with one device, which {@link writer} signs with. */
  vaultFile(): VaultFile {
    const createdMs = this.clock.wallMs();
    const { recipient } = this.identity;
    const unsigned: VaultFile = {
      format: 'millrace-vault',
      version: 2,
      vault: testId(99),
      generation: 1,
      createdMs,
      recipient,
      protectors: [],
      identities: [{ recipient, state: 'current', createdMs, sinceMs: createdMs, wrapped: [] }],
      devices: [{ key: this.device.publicKey, createdMs }],
    };
    return signVaultFile(unsigned, [this.identity]);
  }

  /** Outside of the vault's: what this computer remembers of it. */
  get keysFolder(): string {
    return `${this.folder}.keys`;
  }

  get segmentsFolder(): string {
    return segmentsFolderOf(this.folder);
  }

  /** A copy, as whoever gets it wipes it. */
  keyring(): Identity[] {
    const { recipient, secret } = this.identity;
    return [{ recipient, secret: Uint8Array.from(secret) }];
  }

  async client(options: Partial<KeeperClientOptions> = {}): Promise<KeeperClient> {
    const client = new KeeperClient({
      keeperPath: await keeperBundle(),
      folder: this.folder,
      keysFolder: this.keysFolder,
      keyring: () => Promise.resolve(this.keyring()),
      log: this.log,
      idleMs: 60_000,
      ...options,
    });
    this.#toRelease.push(() => {
      client.dispose();
    });
    return client;
  }

  /** The keeper's database in this thread, with everything read. */
  async ledger(): Promise<Ledger> {
    const ledger = newLedger({
      folder: this.folder,
      keyring: this.keyring(),
      sqlite: await loadSqlite(wasmPath),
      log: this.log,
    });
    this.#toRelease.push(() => {
      ledger.dispose();
    });
    await ledger.refresh();
    return ledger;
  }

  writer(clock: Clock = this.clock): TestWriter {
    const writer = new TestWriter(
      new SegmentWriter({
        segmentsFolder: this.segmentsFolder,
        sealFor: () =>
          Promise.resolve({
            vaultId: testId(99),
            recipient: this.identity.recipient,
            device: this.device,
          }),
        clock,
        log: this.log,
        onChange: () => {},
      }),
    );
    this.#toRelease.push(() => writer.close());
    return writer;
  }

  /** Has these records written by a window that then closes. */
  async record(...records: readonly VaultRecord[]): Promise<void> {
    const writer = this.writer();
    await writer.append(...records);
    await writer.close();
  }

  async release(): Promise<void> {
    for (const release of this.#toRelease.splice(0).reverse()) {
      await release();
    }
    await rm(this.folder, { recursive: true, force: true });
    await rm(this.keysFolder, { recursive: true, force: true });
  }
}

/** A real writer that takes records as they are. */
export class TestWriter {
  readonly #segments: SegmentWriter;

  constructor(segments: SegmentWriter) {
    this.#segments = segments;
  }

  get writerId(): string {
    return this.#segments.writerId;
  }

  async append(...records: readonly VaultRecord[]): Promise<void> {
    await this.#segments.append(
      records.map((record) => ({
        plain: encodeRecord(record),
        isMinute: record.type === 'minute',
      })),
    );
  }

  /** The next record begins a new segment. */
  roll(): void {
    this.#segments.roll();
  }

  close(): Promise<void> {
    return this.#segments.close();
  }
}
