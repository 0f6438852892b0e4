import type { Disposable } from '../../base/disposable.ts';
import { wipe, type Identity, type Keyring } from '../age/identity.ts';
import { identitiesFromKit } from './recoveryKitReader.ts';
import { VaultError } from '../vaultError.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';
import { demandAuthor } from './vaultAuthorship.ts';
import {
  copyKeyring,
  openWithPassphrase,
  openWithProtectors,
  type DerivePassphrase,
} from './vaultKeys.ts';
import type { VaultPlace } from './vaultStore.ts';

export interface VaultAccessOptions {
  readonly place: Pick<VaultPlace, 'protectors'>;
  /** Reads `vault.json`, or makes it. */
  readonly open: () => Promise<VaultFile>;
  /** Argon2id off this thread. */
  readonly derive: DerivePassphrase;
  /** The vault was opened with these identities, which are wiped later; the file is what opened. @throws {VaultError} `untrusted` */
  readonly onOpened: (file: VaultFile, keyring: Keyring) => Promise<void>;
  /** What was given out must no longer be used: the vault was locked, or its identities changed. */
  readonly onRevoked: () => void;
  /** A person did this just now. */
  readonly onAudited: (action: 'unlock' | 'lock') => void;
  readonly onChange: () => void;
}

/** With what a person unlocks. */
export type UnlockWith = { readonly passphrase: string } | { readonly recoveryKit: string };

/**
 * Whether the vault can be opened in this window, and with it its keys. Protectors of the device are asked each time and
 * nothing is kept; what a passphrase or a recovery kit opened is kept in memory until the vault is locked.
 */
export class VaultAccess implements Disposable {
  readonly #options: VaultAccessOptions;
  #held: Identity[] = [];
  /** Locked by the person or by time: protectors are not asked until someone unlocks. */
  #isWithheld = false;
  #isLocked = false;
  #autoLockMs: number | undefined;
  #autoLock: ReturnType<typeof setTimeout> | undefined;

  constructor(options: VaultAccessOptions) {
    this.#options = options;
  }

  /** The last try to open the vault found no key, or the vault was locked. */
  get isLocked(): boolean {
    return this.#isLocked;
  }

  /** Locked by the person or by time, not for want of a key. */
  get isWithheld(): boolean {
    return this.#isWithheld;
  }

  /**
   * The identities, the current one first. The caller wipes them.
   * @throws {VaultError} `locked`, `wrongKey`, `damagedKeyFile`, `damaged`, `unknownVersion`, `untrusted`
   */
  async keyring(): Promise<Identity[]> {
    const file = await this.#options.open();
    try {
      const identities = await this.#keyringOf(file);
      if (this.#isWithheld) {
        // Locked while the keys were fetched.
        wipe(...identities);
        throw new VaultError('locked', 'The vault was locked');
      }
      await this.#options.onOpened(file, identities).catch((error: unknown) => {
        wipe(...identities);
        throw error;
      });
      this.#setLocked(false);
      this.#restartAutoLock();
      return identities;
    } catch (error) {
      // What is not believed is not locked: no key would help.
      if (!VaultError.is(error, 'untrusted')) {
        this.#setLocked(true);
      }
      throw error;
    }
  }

  /**
   * Opens the vault: with a secret, or, after {@link lock}, with what protects it on this device.
   * @throws {VaultError} `wrongPassphrase`, `wrongIdentity` (a kit of another vault, or from before a rotation),
   * `damagedKeyFile` (no kit at all), `locked` (nothing at hand).
   */
  async unlock(secret?: UnlockWith): Promise<void> {
    const file = await this.#options.open();
    if (secret !== undefined) {
      const identities = await this.#openWith(file, secret);
      wipe(...this.#held);
      this.#held = identities;
    }
    this.#isWithheld = false;
    wipe(...(await this.keyring()));
    this.#options.onAudited('unlock');
  }

  /**
   * Sees that a file is one that the person, or this device, has the keys of.
   * @throws {VaultError} as {@link unlock}; `untrusted` when who has them did not sign it
   */
  async demandOpens(file: VaultFile, secret?: UnlockWith): Promise<void> {
    const identities =
      secret === undefined
        ? (await openWithProtectors(file, this.#options.place.protectors)).identities
        : await this.#openWith(file, secret);
    try {
      demandAuthor(file, identities);
    } finally {
      wipe(...identities);
    }
  }

  /** Forgets what opened the vault. Recording goes on; reading needs {@link unlock}. */
  lock(): void {
    wipe(...this.#held);
    this.#held = [];
    this.#isWithheld = true;
    clearTimeout(this.#autoLock);
    this.#setLocked(true);
    this.#options.onRevoked();
    this.#options.onAudited('lock');
  }

  /** Locks after so long without use; `undefined`: never. */
  setAutoLock(afterMs: number | undefined): void {
    this.#autoLockMs = afterMs;
    this.#restartAutoLock();
  }

  /** Says that the vault has a new identity: what is held goes on with it, and what was given out is revoked. */
  noteRotated(identity: Identity): void {
    if (this.#held.length > 0) {
      this.#held = [...copyKeyring([identity]), ...this.#held];
    }
    this.#options.onRevoked();
  }

  dispose(): void {
    clearTimeout(this.#autoLock);
    wipe(...this.#held);
    this.#held = [];
  }

  async #openWith(file: VaultFile, secret: UnlockWith): Promise<Identity[]> {
    return 'passphrase' in secret
      ? openWithPassphrase(file, secret.passphrase, this.#options.derive)
      : identitiesFromKit(secret.recoveryKit, file);
  }

  async #keyringOf(file: VaultFile): Promise<Identity[]> {
    if (this.#isWithheld) {
      throw new VaultError('locked', 'The vault was locked');
    }
    if (this.#held[0]?.recipient === file.recipient) {
      return copyKeyring(this.#held);
    }
    return (await openWithProtectors(file, this.#options.place.protectors)).identities;
  }

  #setLocked(isLocked: boolean): void {
    if (this.#isLocked !== isLocked) {
      this.#isLocked = isLocked;
      this.#options.onChange();
    }
  }

  #restartAutoLock(): void {
    clearTimeout(this.#autoLock);
    if (this.#autoLockMs !== undefined && !this.#isLocked) {
      this.#autoLock = setTimeout(() => {
        this.lock();
      }, this.#autoLockMs);
      this.#autoLock.unref();
    }
  }
}
