import type { Disposable } from '../../base/disposable.ts';
import { generateIdentity, wipe, type Identity, type Keyring } from '../age/identity.ts';
import { tryProtector, type Protector } from '../protectors/protector.ts';
import { formatRecoveryKit, identitiesFromKit } from './recoveryKit.ts';
import { VaultError } from '../vaultError.ts';
import type { ProtectorEntry, ProtectorKind, VaultFile } from '../protectors/vaultFile.ts';
import { updateVaultFile } from './vaultFileUpdate.ts';
import {
  copyKeyring,
  keysAtHand,
  openWithPassphrase,
  openWithProtectors,
  type DerivePassphrase,
} from './vaultKeys.ts';
import {
  entryOpenedBy,
  newProtectorId,
  protectorsOf,
  withNewIdentity,
  withoutProtector,
  withProtector,
  type ProtectorKey,
} from './vaultProtection.ts';
import { type VaultPlace } from './vaultStore.ts';

export interface VaultSecretsOptions {
  readonly place: VaultPlace;
  /** Reads `vault.json`, or makes it. */
  readonly open: () => Promise<VaultFile>;
  /** Argon2id off this thread; new parameters where none are given. */
  readonly derive: DerivePassphrase;
  /** What was given out must no longer be used: the vault was locked, or its identities changed. */
  readonly onRevoked: () => void;
  /** A person did this just now. */
  readonly onAudited: (
    action: 'unlock' | 'lock' | 'rotate' | 'setPassphrase' | 'removeProtector' | 'saveRecoveryKit',
  ) => void;
  readonly onChange: () => void;
}

/** Writes a recovery kit. */
export type KitFormat = (file: VaultFile, keyring: Keyring) => string;

/** With what a person unlocks. */
export type UnlockWith = { readonly passphrase: string } | { readonly recoveryKit: string };

/**
 * Who can open the vault, in this window. Protectors of the device are asked each time and nothing is kept;
 * what a passphrase or a recovery kit opened is kept in memory until the vault is locked.
 */
export class VaultSecrets implements Disposable {
  readonly #options: VaultSecretsOptions;
  #held: Identity[] = [];
  /** Locked by the person or by time: protectors are not asked until someone unlocks. */
  #isWithheld = false;
  #isLocked = false;
  #autoLockMs: number | undefined;
  #autoLock: ReturnType<typeof setTimeout> | undefined;

  constructor(options: VaultSecretsOptions) {
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
   * @throws {VaultError} `locked`, `wrongKey`, `damagedKeyFile`, `damaged`, `unknownVersion`
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
      this.#setLocked(false);
      this.#restartAutoLock();
      return identities;
    } catch (error) {
      this.#setLocked(true);
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
      const identities =
        'passphrase' in secret
          ? await openWithPassphrase(file, secret.passphrase, this.#options.derive)
          : identitiesFromKit(secret.recoveryKit, file);
      wipe(...this.#held);
      this.#held = identities;
    }
    this.#isWithheld = false;
    wipe(...(await this.keyring()));
    this.#options.onAudited('unlock');
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

  /** Everything that can open the vault. */
  async listProtectors(): Promise<readonly ProtectorEntry[]> {
    return (await this.#options.open()).protectors;
  }

  /**
   * Protects the vault with a protector of this device as well, unless it does already.
   * @throws {VaultError} `locked` when the vault can't be opened now, `unusable` when the protector keeps nothing.
   */
  async addProtector(kind: Protector['kind']): Promise<void> {
    const { place } = this.#options;
    const protector = place.protectors.find((candidate) => candidate.kind === kind);
    if (protector === undefined) {
      throw new VaultError('unusable', 'There is no such protector here');
    }
    await this.#change(async (file, keyring) => {
      const present = await protector.load(file.vault).catch(() => undefined);
      const known = present && entryOpenedBy(file, protectorsOf(file, kind), present);
      wipe(...(present ? [present] : []));
      if (known !== undefined) {
        return file;
      }
      const key = await tryProtector(protector, file.vault, place.log);
      if (key === undefined) {
        throw new VaultError('unusable', 'The protector does not keep a key');
      }
      const entry = { id: newProtectorId(), kind, createdMs: this.#nowMs() };
      const changed = withProtector(file, { entry, key }, keyring);
      wipe(key);
      return changed;
    });
  }

  /**
   * Sets the passphrase, in place of the one there was.
   * @throws {RangeError} when it is empty. @throws {VaultError} as {@link keyring}
   */
  async setPassphrase(passphrase: string): Promise<void> {
    const { key, parameters } = await this.#options.derive(passphrase);
    try {
      await this.#change((file, keyring) => {
        const entry: ProtectorEntry = {
          id: newProtectorId(),
          kind: 'passphrase',
          createdMs: this.#nowMs(),
          kdf: parameters,
        };
        return protectorsOf(file, 'passphrase').reduce(
          (changed, old) => withoutProtector(changed, old.id),
          withProtector(file, { entry, key }, keyring),
        );
      });
    } finally {
      wipe(key);
    }
    this.#options.onAudited('setPassphrase');
  }

  /** As {@link setPassphrase}, for who knows the old one. @throws {VaultError} `wrongPassphrase` */
  async changePassphrase(oldPassphrase: string, newPassphrase: string): Promise<void> {
    await this.unlock({ passphrase: oldPassphrase });
    await this.setPassphrase(newPassphrase);
  }

  /**
   * Takes every protector of a kind away. Who had the key of one and a copy of `vault.json` can still open that copy: rotate.
   * @throws {VaultError} `lastProtector`; as {@link keyring}
   */
  async removeProtector(kind: ProtectorKind): Promise<void> {
    const file = await this.#change((before) =>
      protectorsOf(before, kind).reduce(
        (changed, entry) => withoutProtector(changed, entry.id),
        before,
      ),
    );
    const protector = this.#options.place.protectors.find((candidate) => candidate.kind === kind);
    await protector?.remove(file.vault);
    this.#options.onAudited('removeProtector');
  }

  /**
   * A recovery kit, which opens everything.
   * @param format makes it of the vault's file and keys; the text where none is given
   * @throws {VaultError} as {@link keyring}
   */
  async recoveryKit(format: KitFormat = formatRecoveryKit): Promise<string> {
    const file = await this.#options.open();
    const keyring = await this.keyring();
    try {
      const kit = format(file, keyring);
      this.#options.onAudited('saveRecoveryKit');
      return kit;
    } finally {
      wipe(...keyring);
    }
  }

  /**
   * Makes a new identity and seals everything for it from now on. The old one stays until nothing needs it.
   * @throws {VaultError} `passphraseNeeded` when the vault has a passphrase and it was not given,
   * `wrongPassphrase`; as {@link keyring}
   */
  async rotate(passphrase?: string): Promise<void> {
    const { place, derive } = this.#options;
    const identity = generateIdentity();
    const keys: ProtectorKey[] = [];
    try {
      await this.#change(async (file) => {
        wipe(...keys.splice(0).map(({ key }) => key));
        keys.push(...(await keysAtHand(file, place.protectors, passphrase, derive)));
        return withNewIdentity(file, identity, keys, this.#nowMs());
      });
      if (this.#held.length > 0) {
        this.#held = [...copyKeyring([identity]), ...this.#held];
      }
    } finally {
      wipe(identity, ...keys.map(({ key }) => key));
    }
    this.#options.onRevoked();
    this.#options.onAudited('rotate');
  }

  dispose(): void {
    clearTimeout(this.#autoLock);
    wipe(...this.#held);
    this.#held = [];
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

  async #change(
    change: (file: VaultFile, keyring: Identity[]) => VaultFile | Promise<VaultFile>,
  ): Promise<VaultFile> {
    const keyring = await this.keyring();
    try {
      return await updateVaultFile(this.#options.place.folder, (file) => change(file, keyring));
    } finally {
      wipe(...keyring);
    }
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

  #nowMs(): number {
    return Math.round(this.#options.place.clock.wallMs());
  }
}
