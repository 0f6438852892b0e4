import type { AgeReader } from '../../vault/age/ageStream.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import { knownAuthorOf } from '../../vault/keys/vaultAuthorship.ts';
import type { FileTrust, OwnFile } from '../../vault/trust/readTrust.ts';

/** Why a copy is not known to be of the vault's owner: nobody signed it, or only with a key that was replaced. */
export type SignerDoubt = 'unsigned' | 'retired';

/** Whether a doubt is one of who made a copy; what the person says decides then. */
export function isSignerDoubt(doubt: string | undefined): doubt is SignerDoubt {
  return doubt === 'unsigned' || doubt === 'retired';
}

/**
 * Lets every copy through that the keys open, and notes who signed it: one from before this was done was signed by nobody, and what
 * becomes of it is for the person to say.
 */
export class CopySigner implements FileTrust {
  readonly #authors: readonly string[];
  readonly #alsoAs: readonly OwnFile[];
  #author: string | undefined;

  /**
   * @param keyring the current identity first
   * @param alsoAs what it may be signed as besides: a vault's own snapshot is as good as a backup
   */
  constructor(keyring: Keyring, alsoAs: readonly OwnFile[] = []) {
    this.#alsoAs = alsoAs;
    this.#authors = keyring.map((identity) => knownAuthorOf(identity).author);
  }

  /** Of the file that was opened last; `undefined` when the owner signed it. */
  get doubt(): SignerDoubt | undefined {
    return this.#author === undefined
      ? 'unsigned'
      : this.#author === this.#authors[0]
        ? undefined
        : 'retired';
  }

  /** Whether an author is the one who signed the file that was opened last. */
  isAuthor(author: string | undefined): boolean {
    return this.#author !== undefined && author === this.#author;
  }

  demandFile(reader: AgeReader, what: OwnFile): void {
    this.#author = this.#authors.find((author) =>
      [what, ...this.#alsoAs].some((each) => reader.isSignedBy(each, author)),
    );
  }
}
