import type { Disposable } from '../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../base/emitter.ts';
import { describeError, runDetached } from '../base/log.ts';
import type { VaultCondition } from '../readings/vaultReading.ts';
import type { SigningKey } from './age/signing.ts';
import { KeeperClient } from './keeper/keeperClient.ts';
import type { SnapshotResult, RescoreProgress } from './keeper/keeperContract.ts';
import { derivePassphraseInThread } from './protectors/passphraseThread.ts';
import type { AuditAction, VaultRecord } from './record.ts';
import { encodeRecord, endsSegment } from './segments/recordCodec.ts';
import { SegmentWriter } from './segments/segmentWriter.ts';
import { VaultError, type VaultFailure } from './vaultError.ts';
import type { VaultFile } from './protectors/vaultFile.ts';
import { segmentsFolderOf } from './folder/vaultFolder.ts';
import { listSnapshots } from './folder/vaultListing.ts';
import { destroyUnneeded } from './vaultRotation.ts';
import { VaultContents } from './vaultContents.ts';
import type { VaultOptions } from './vaultOptions.ts';
import { VaultAccess, type UnlockWith } from './keys/vaultAccess.ts';
import type { DerivePassphrase } from './keys/vaultKeys.ts';
import { VaultSecrets } from './owner/vaultSecrets.ts';
import { VaultOwner } from './owner/vaultOwner.ts';
import { openOrCreateVault } from './keys/vaultStore.ts';
import { VaultTemplates } from './vaultTemplates.ts';

const defaultKeeperIdleMs = 2 * 60_000;

/**
 * A vault as a window uses it. Records are taken at any time: before it is open, while it is locked, while the
 * folder cannot be written. The database lives in the keeper, which runs only while something is asked.
 */
export class Vault implements Disposable {
  /** Locking, unlocking, and the keys while it is unlocked. Disposed with the vault. */
  readonly access: VaultAccess;
  /** What can unlock it, and changes of that. */
  readonly secrets: VaultSecrets;
  /** Answers every question about what is stored. Ended and disposed with the vault. */
  readonly keeper: KeeperClient;
  readonly templates: VaultTemplates;
  /** Deleting and correcting single records. */
  readonly stored: VaultContents;
  readonly #options: VaultOptions;
  readonly #changed: Emitter<void>;
  readonly #writer: SegmentWriter;
  readonly #owner: VaultOwner;
  #started = false;
  #openFailure: VaultError | undefined;
  #lastSnapshotMs: number | undefined;
  /** What listeners were last told, so that they hear of changes only. */
  #told = '';

  constructor(options: VaultOptions) {
    this.#options = options;
    const { folder, clock, log, keeperPath } = options;
    this.#owner = new VaultOwner(options);
    this.#changed = loggingEmitter('the vault', log);
    this.#writer = new SegmentWriter({
      segmentsFolder: segmentsFolderOf(folder),
      sealFor: async () => {
        const { vault, recipient } = await this.#open();
        return { vaultId: vault, recipient, device: await this.#owner.deviceKey(vault) };
      },
      clock,
      log,
      onChange: () => {
        this.#tell();
      },
      ...(options.retryPausesMs && { retryPausesMs: options.retryPausesMs }),
      ...(options.waitingBytes !== undefined && { waitingBytes: options.waitingBytes }),
    });
    this.keeper = new KeeperClient({
      keeperPath,
      folder,
      keysFolder: options.keysFolder,
      keyring: () => this.access.keyring(),
      log,
      idleMs: options.keeperIdleMs ?? defaultKeeperIdleMs,
    });
    const shared = {
      append: (records: readonly VaultRecord[]) => this.append(records),
      keeper: this.keeper,
      clock,
    };
    const onAudited = (action: AuditAction): void => {
      this.audit(action);
    };
    this.templates = new VaultTemplates({ ...shared, onAudited });
    this.stored = new VaultContents(shared);
    const derive: DerivePassphrase = (passphrase, parameters) =>
      derivePassphraseInThread(keeperPath, log, passphrase, parameters);
    const keys = { place: options, open: () => this.#open(), derive, onAudited };
    const deviceKey = (vaultId: string): Promise<SigningKey> => this.#owner.deviceKey(vaultId);
    this.access = new VaultAccess({
      ...keys,
      onOpened: async (file, keyring) => {
        try {
          await this.#owner.opened(file, keyring);
        } catch (error) {
          // Told as what it is, not as locked.
          await this.#open();
          throw error;
        }
      },
      onRevoked: () => {
        this.keeper.end();
        this.#writer.roll();
      },
      onChange: () => {
        this.#tell();
      },
    });
    this.secrets = new VaultSecrets({
      ...{ ...keys, access: this.access, deviceKey },
      check: (file) => this.#owner.check(file),
    });
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** The vault's own folder. */
  get folder(): string {
    return this.#options.folder;
  }

  /** Why nobody can tell whether that is the vault's folder, where that is so. */
  get refusal(): VaultError | undefined {
    return this.#options.refusal;
  }

  get condition(): VaultCondition {
    if (!this.#started) {
      return 'starting';
    }
    if (this.#openFailure !== undefined) {
      return conditionOf(this.#openFailure.reason);
    }
    if (this.#writer.failure !== undefined) {
      return 'unwritable';
    }
    return this.access.isLocked ? 'locked' : 'ready';
  }

  /** Minutes that are only in memory. */
  get unsavedMinutes(): number {
    return this.#writer.unsavedMinutes;
  }

  /** When the newest snapshot was made, or `undefined` when there is none. */
  get lastSnapshotMs(): number | undefined {
    return this.#lastSnapshotMs;
  }

  /** Opens the vault or makes it. Never rejects: what came of it is {@link condition}. */
  async start(): Promise<void> {
    try {
      await this.#open();
      const newest = (await listSnapshots(this.#options.folder)).at(-1);
      this.#lastSnapshotMs = newest?.createdMs;
    } catch (error) {
      this.#options.log.error('The vault could not be opened', describeError(error));
    }
    this.#started = true;
    this.#tell();
  }

  /**
   * Takes the `vault.json` that lies there for the vault's, whatever this computer remembers, as a person says who can open it.
   * @throws {VaultError} as {@link VaultAccess.unlock}; then nothing is changed
   */
  async trustFile(secret?: UnlockWith): Promise<void> {
    const file = await this.#read();
    await this.access.demandOpens(file, secret);
    await this.#owner.accept(file);
    await this.access.unlock(secret);
    this.#writer.retryNow();
  }

  /**
   * Keeps records. Resolves once they are on disk and fsynced; while that is not possible they wait.
   * @throws {RangeError} when a record can't be kept as it is; then none of the call is.
   * @throws {VaultError} `unwritable` when they had to be given up: too many waited, or the vault was closed.
   */
  async append(records: readonly VaultRecord[]): Promise<void> {
    await this.#writer.append(
      records.map((record) => ({
        plain: encodeRecord(record),
        isMinute: record.type === 'minute',
        endsSegment: endsSegment(record),
      })),
    );
  }

  /** Writes a line into the log of what was done with the vault. What the vault does itself is in it already. */
  audit(action: AuditAction): void {
    const line = this.stored.audit(action);
    runDetached(this.#options.log, 'Writing the log', this.append([line]));
  }

  /**
   * Scores all of the past under the present rules; what was recorded stays beside it.
   * @param progressed hears how far it has come, and ends it by answering false. Throws as {@link KeeperAsk.ask}.
   */
  async rescore(progressed: (progress: RescoreProgress) => boolean): Promise<void> {
    let progress: RescoreProgress;
    do {
      progress = await this.keeper.ask('rescore', {});
    } while (progressed(progress) && !progress.isOver);
  }

  /** Ends the keeper, which the next question starts again: nobody looks, so nobody pays for a database. */
  rest(): void {
    this.keeper.end();
  }

  /** Writes one snapshot of everything into the vault. Throws as {@link KeeperAsk.ask}. */
  async makeSnapshot(): Promise<SnapshotResult> {
    const result = await this.keeper.ask('makeSnapshot', {});
    this.#lastSnapshotMs = this.#options.clock.wallMs();
    this.#tell();
    this.audit('backup');
    return result;
  }

  /**
   * Gives the vault a new identity. What is recorded from now on is sealed for it; what there is, is sealed
   * again in the background, and the old identity is destroyed once nothing needs it.
   * @throws {VaultError} as {@link VaultSecrets.rotate}
   */
  async rotate(passphrase?: string): Promise<void> {
    await this.secrets.rotate(passphrase);
    runDetached(this.#options.log, 'Sealing again for the new key', this.finishRotation());
  }

  /**
   * Seals everything for the current identity and destroys those that nothing needs any more.
   * @returns false when something still needs one: another window's segment, or what lies in trash.
   * @throws {VaultError} as {@link KeeperAsk.ask}
   */
  async finishRotation(): Promise<boolean> {
    await this.keeper.ask('compact', {});
    const isOver = await destroyUnneeded(
      { folder: this.#options.folder, check: (file) => this.#owner.check(file) },
      () => this.access.keyring(),
      this.#options.clock.wallMs(),
    );
    await this.#open();
    return isOver;
  }

  /** Writes what waits and ends everything. What still can't be written is given up. */
  async close(): Promise<void> {
    await this.#writer.close();
    this.dispose();
  }

  dispose(): void {
    this.access.dispose();
    this.#writer.dispose();
    this.#owner.dispose();
    this.keeper.dispose();
    this.#changed.dispose();
  }

  /** Reads `vault.json` anew, as another window may have changed whom to seal for. */
  async #open(): Promise<VaultFile> {
    try {
      const file = await this.#read();
      await this.#owner.check(file);
      this.#openFailure = undefined;
      return file;
    } catch (error) {
      this.#openFailure = VaultError.is(error)
        ? error
        : new VaultError('unusable', 'The vault cannot be opened', { cause: error });
      throw this.#openFailure;
    } finally {
      this.#tell();
    }
  }

  async #read(): Promise<VaultFile> {
    if (this.#options.refusal !== undefined) {
      throw this.#options.refusal;
    }
    return openOrCreateVault(this.#options, (file) => this.#owner.accept(file));
  }

  #tell(): void {
    const now = `${this.condition} ${this.unsavedMinutes} ${this.#lastSnapshotMs ?? ''}`;
    if (now !== this.#told) {
      this.#told = now;
      this.#changed.fire();
    }
  }
}

function conditionOf(reason: VaultFailure): VaultCondition {
  return reason === 'damaged' || reason === 'unwritable' || reason === 'untrusted'
    ? reason
    : 'unusable';
}
