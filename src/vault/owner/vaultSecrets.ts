import { generateIdentity, wipe, type Identity, type Keyring } from '../age/identity.ts';
import { tryProtector, type Protector } from '../protectors/protector.ts';
import { formatRecoveryKit } from '../keys/recoveryKit.ts';
import { VaultError } from '../vaultError.ts';
import type { ProtectorEntry, ProtectorKind, VaultFile } from '../protectors/vaultFile.ts';
import { updateVaultFile, type VaultFilePlace } from '../keys/vaultFileUpdate.ts';
import type { VaultAccess } from '../keys/vaultAccess.ts';
import { keysAtHand, type DerivePassphrase } from '../keys/vaultKeys.ts';
import { listTrusted } from './acceptedFiles.ts';
import { ReadTrust } from '../trust/readTrust.ts';
import { withAccepted, withOnlyDevice } from '../keys/vaultOwnership.ts';
import type { SigningKey } from '../age/signing.ts';
import {
  entryOpenedBy,
  newProtectorId,
  protectorsOf,
  withNewIdentity,
  withoutProtector,
  withProtector,
  type ProtectorKey,
} from '../keys/vaultProtection.ts';
import { type VaultPlace } from '../keys/vaultStore.ts';

export interface VaultSecretsOptions {
  readonly place: VaultPlace;
  /** Reads `vault.json`, or makes it. */
  readonly open: () => Promise<VaultFile>;
  /** Argon2id off this thread; new parameters where none are given. */
  readonly derive: DerivePassphrase;
  /** The key with which this device signs for a vault. */
  readonly deviceKey: (vaultId: string) => Promise<SigningKey>;
  /** As {@link VaultFilePlace.check}. */
  readonly check: VaultFilePlace['check'];
  /** Gives the keys with which those that open the vault are changed. */
  readonly access: VaultAccess;
  /** A person did this just now. */
  readonly onAudited: (
    action: 'rotate' | 'setPassphrase' | 'removeProtector' | 'saveRecoveryKit',
  ) => void;
}

/** Writes a recovery kit. */
export type KitFormat = (file: VaultFile, keyring: Keyring) => string;

/** What opens the vault: protectors, passphrase and recovery kit, listed, added and taken away; and a new identity. */
export class VaultSecrets {
  readonly #options: VaultSecretsOptions;

  constructor(options: VaultSecretsOptions) {
    this.#options = options;
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
   * @throws {RangeError} when it is empty. @throws {VaultError} as {@link VaultAccess.keyring}
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
    await this.#options.access.unlock({ passphrase: oldPassphrase });
    await this.setPassphrase(newPassphrase);
  }

  /**
   * Takes every protector of a kind away. Who had the key of one and a copy of `vault.json` can still open that copy: rotate.
   * @throws {VaultError} `lastProtector`; as {@link VaultAccess.keyring}
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
   * @throws {VaultError} as {@link VaultAccess.keyring}
   */
  async recoveryKit(format: KitFormat = formatRecoveryKit): Promise<string> {
    const file = await this.#options.open();
    const keyring = await this.#options.access.keyring();
    try {
      const kit = format(file, keyring);
      this.#options.onAudited('saveRecoveryKit');
      return kit;
    } finally {
      wipe(...keyring);
    }
  }

  /**
   * Makes a new identity and seals everything for it from now on. The old one stays until nothing needs it. Of the devices this one
   * alone goes on to sign; what was trusted until now is.
   * @throws {VaultError} `passphraseNeeded` when the vault has a passphrase and it was not given,
   * `wrongPassphrase`; as {@link VaultAccess.keyring}
   */
  async rotate(passphrase?: string): Promise<void> {
    const { access, place, derive, deviceKey } = this.#options;
    const identity = generateIdentity();
    const keys: ProtectorKey[] = [];
    try {
      await this.#change(async (file, keyring) => {
        wipe(...keys.splice(0).map(({ key }) => key));
        keys.push(...(await keysAtHand(file, place.protectors, passphrase, derive)));
        const trusted = await listTrusted(place.folder, { keyring, trust: new ReadTrust(file) });
        const { publicKey } = await deviceKey(file.vault);
        const rotated = withNewIdentity(file, identity, keys, this.#nowMs());
        return withOnlyDevice(withAccepted(rotated, trusted), publicKey, this.#nowMs());
      }, identity);
      access.noteRotated(identity);
    } finally {
      wipe(identity, ...keys.map(({ key }) => key));
    }
    this.#options.onAudited('rotate');
  }

  async #change(
    change: (file: VaultFile, keyring: Identity[]) => VaultFile | Promise<VaultFile>,
    ...added: readonly Identity[]
  ): Promise<VaultFile> {
    const { access, place, check } = this.#options;
    const keyring = await access.keyring();
    try {
      await updateVaultFile({ folder: place.folder, check }, [...added, ...keyring], (file) =>
        change(file, keyring),
      );
      // Now, so that this computer remembers the change at once.
      return await this.#options.open();
    } finally {
      wipe(...keyring);
    }
  }

  #nowMs(): number {
    return Math.round(this.#options.place.clock.wallMs());
  }
}
