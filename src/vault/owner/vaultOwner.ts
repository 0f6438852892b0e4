import type { Clock } from '../../base/clock.ts';
import { describeError, type Log } from '../../base/log.ts';
import { wipe, type Keyring } from '../age/identity.ts';
import type { SigningKey } from '../age/signing.ts';
import { hasEarlierWriters } from '../folder/liveMarkers.ts';
import { segmentsFolderOf } from '../folder/vaultFolder.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';
import { listTrusted } from './acceptedFiles.ts';
import { DeviceKeys } from '../keys/deviceKeys.ts';
import { demandAuthor } from '../keys/vaultAuthorship.ts';
import { ReadTrust } from '../trust/readTrust.ts';
import { isDeviceOf, withAccepted, withDevice } from '../keys/vaultOwnership.ts';
import { updateVaultFile } from '../keys/vaultFileUpdate.ts';
import { VaultTrust } from '../trust/vaultTrust.ts';

export interface VaultOwnerOptions {
  /** The vault's own. */
  readonly folder: string;
  /** Outside of it: this device's key, and what is remembered of the vault. */
  readonly keysFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** This device's part in a vault: whether it believes its file, and whether the vault believes what the device writes. */
export class VaultOwner {
  readonly #options: VaultOwnerOptions;
  readonly #trust: VaultTrust;
  readonly #devices: DeviceKeys;
  /** A file that the vault opened with, and that its owner did not sign. */
  #refused: { readonly signature: string | undefined; readonly error: unknown } | undefined;
  #device: { readonly vaultId: string; readonly key: SigningKey } | undefined;

  constructor(options: VaultOwnerOptions) {
    this.#options = options;
    this.#trust = new VaultTrust(options.folder, options.keysFolder);
    this.#devices = new DeviceKeys(options.keysFolder);
  }

  /** @throws {VaultError} `untrusted` as {@link VaultTrust.check}, and where {@link opened} found that its owner did not sign it */
  async check(file: VaultFile): Promise<void> {
    if (this.#refused !== undefined && file.signature === this.#refused.signature) {
      throw this.#refused.error;
    }
    await this.#trust.check(file);
  }

  /** Remembers a file as the vault's from now on, as a person who has its keys says it is. */
  async accept(file: VaultFile): Promise<void> {
    await this.#trust.accept(file);
  }

  /** The key with which this device signs. @throws {VaultError} `unusable` */
  async deviceKey(vaultId: string): Promise<SigningKey> {
    if (this.#device?.vaultId !== vaultId) {
      this.#device = { vaultId, key: await this.#devices.load(vaultId) };
    }
    return this.#device.key;
  }

  /**
   * The vault was opened, so its file is remembered; and this device is let in where it was not. A vault of version 1 is taken over:
   * from then on nothing counts that is not signed. What can't be done now is done another time.
   * @param keyring the file's current identity first
   * @throws {VaultError} `untrusted` when the owner did not sign it
   */
  async opened(file: VaultFile, keyring: Keyring): Promise<void> {
    try {
      demandAuthor(file, keyring);
    } catch (error) {
      this.#refused = { signature: file.signature, error };
      throw error;
    }
    await this.#enrol(file, keyring);
  }

  async #enrol(file: VaultFile, keyring: Keyring): Promise<void> {
    const { folder, clock, log } = this.#options;
    const place = { folder, check: (now: VaultFile) => this.check(now) };
    try {
      const { publicKey } = await this.deviceKey(file.vault);
      if (isDeviceOf(file, publicKey) || (await this.#mustWait(file))) {
        await this.#trust.accept(file);
        return;
      }
      const changed = await updateVaultFile(place, keyring, async (now) =>
        withDevice(
          now.version === 1
            ? withAccepted(now, await listTrusted(folder, { keyring, trust: new ReadTrust(now) }))
            : now,
          publicKey,
          clock.wallMs(),
        ),
      );
      await this.#trust.accept(changed);
      log.info('This device signs for the vault now', { was: file.version });
    } catch (error) {
      log.warn('This device could not be let into the vault', describeError(error));
    }
  }

  dispose(): void {
    if (this.#device !== undefined) {
      wipe(this.#device.key.seed);
    }
  }

  /** A window of an earlier Millrace would be shut out of a file of this version, and what it recorded would be in memory only. */
  async #mustWait(file: VaultFile): Promise<boolean> {
    const { folder, clock } = this.#options;
    return (
      file.version === 1 && (await hasEarlierWriters(segmentsFolderOf(folder), clock.wallMs()))
    );
  }
}
