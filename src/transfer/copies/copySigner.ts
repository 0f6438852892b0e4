import type { AgeReader } from '../../vault/age/ageStream.ts';
import { wipe, type Keyring } from '../../vault/age/identity.ts';
import { authorKeyOf } from '../../vault/age/signing.ts';
import type { FileTrust, OwnFile } from '../../vault/trust/readTrust.ts';

/** Why a copy is not known to be of the vault's owner: nobody signed it, or only with a key that was replaced. */
export type SignerDoubt = 'unsigned' | 'retired';

/**
 * Lets every copy through that the keys open, and notes who signed it: one from before this was done was signed by nobody, and what
 * becomes of it is for the person to say.
 */
export class CopySigner implements FileTrust {
  readonly #authors: readonly string[];
  /** `undefined` before a file was opened, or when the owner signed it. */
  doubt: SignerDoubt | undefined;

  readonly #alsoAs: readonly OwnFile[];

  /**
   * @param keyring the current identity first
   * @param alsoAs what it may be signed as besides: a vault's own snapshot is as good as a backup
   */
  constructor(keyring: Keyring, alsoAs: readonly OwnFile[] = []) {
    this.#alsoAs = alsoAs;
    this.#authors = keyring.map((identity) => {
      const { publicKey, seed } = authorKeyOf(identity);
      wipe(seed);
      return publicKey;
    });
  }

  demandFile(reader: AgeReader, what: OwnFile): void {
    const signer = this.#authors.findIndex((author) =>
      [what, ...this.#alsoAs].some((each) => reader.isSignedBy(each, author)),
    );
    this.doubt = signer === 0 ? undefined : signer < 0 ? 'unsigned' : 'retired';
  }
}
