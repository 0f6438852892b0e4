import { ReasonedError } from '../base/errors.ts';

/**
 * What can be wrong with a vault, as one word that the host turns into one notice.
 *
 * - `locked`: no protector at hand has the key. Recording goes on.
 * - `wrongPassphrase`, `wrongIdentity`, `damagedKeyFile`: what was given to unlock with does not open this
 *   vault, or is no key at all.
 * - `wrongKey`: a protector gave a key of the right form that opens nothing here.
 * - `untrusted`: a `vault.json` that is whole, and not by whom this computer knows the vault to be, or not the latest; nothing is
 *   sealed for whom it names.
 * - `rotated`: the keys at hand are those from before another window gave the vault a new identity; with fresh ones it goes on.
 * - `damaged`: bytes that do not authenticate, or files that must be there and are not.
 * - `unknownVersion`: written by a later Millrace; refused, never guessed, never replaced.
 * - `unwritable`: the folder cannot be written; what was recorded waits in memory.
 * - `unusable`: no vault can be made or opened here at all (no protector passed its round trip, no folder).
 * - `lastProtector`: the protector is the only one left, and removing it would lose the vault.
 * - `busy`: another process is changing the vault's keys.
 * - `costly`: to try a passphrase would take more memory or time than Millrace ever asks for; nothing was tried.
 * - `passphraseNeeded`: the change must seal something for the passphrase again, and it was not given.
 * - `destroyed`: sealed for an identity that this vault has destroyed.
 * - `keeperFailed`: the keeper died, timed out, or answered something else.
 */
export type VaultFailure =
  | 'locked'
  | 'wrongPassphrase'
  | 'wrongIdentity'
  | 'damagedKeyFile'
  | 'wrongKey'
  | 'untrusted'
  | 'rotated'
  | 'damaged'
  | 'unknownVersion'
  | 'unwritable'
  | 'unusable'
  | 'lastProtector'
  | 'busy'
  | 'costly'
  | 'passphraseNeeded'
  | 'destroyed'
  | 'keeperFailed';

export type VaultDoubt = 'rolledBack' | 'replaced';

/** Everything the vault throws on purpose. The message names no path, key or content. */
export class VaultError extends ReasonedError<VaultFailure> {
  static readonly domain = 'Vault';
  /** Where in a text that a person can open and mend, counted from 1. */
  readonly line: number | undefined;
  /** Why a `vault.json` is untrusted, where that is so: an earlier one was put back, or it is somebody else's. */
  readonly doubt: VaultDoubt | undefined;

  constructor(
    reason: VaultFailure,
    message: string,
    options?: ErrorOptions & { readonly line?: number; readonly doubt?: VaultDoubt },
  ) {
    super(VaultError.domain, reason, message, options);
    this.line = options?.line;
    this.doubt = options?.doubt;
  }
}

/**
 * Something authentic that is no part of any vault: a database with another schema than ours, a row that no Millrace writes. To
 * read it again would end in the same way, as long as it is the same bytes.
 */
export class RefusedContent extends VaultError {
  constructor(message: string, options?: ErrorOptions) {
    super('damaged', message, options);
  }
}
