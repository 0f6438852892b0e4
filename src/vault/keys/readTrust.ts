import type { AgeReader } from '../age/ageStream.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';
import { isSignedFor, type ParsedHeader } from '../segments/segmentHeader.ts';
import { isDeviceOf } from './vaultOwnership.ts';

/**
 * Whether what lies in a vault's folder was made by its owner. Whoever knows the public recipient can seal something for it; only who
 * has the identity, or a device that was let in, can sign. docs/vault-format.md, "Authorship".
 */
export class ReadTrust {
  readonly #file: VaultFile;
  readonly #author: string | undefined;
  readonly #segments: ReadonlySet<string>;
  readonly #files: ReadonlySet<string>;

  /** @param file the vault's, which is believed */
  constructor(file: VaultFile) {
    this.#file = file;
    this.#author = file.identities.find(({ state }) => state === 'current')?.author;
    this.#segments = new Set(file.accepted?.segments);
    this.#files = new Set(file.accepted?.files);
  }

  /** What changes with every change of the vault's file. */
  get mark(): string {
    return `${this.#file.generation} ${this.#file.signature ?? ''}`;
  }

  /** Whether a segment is of a device of the vault. */
  trustsSegment(header: ParsedHeader): boolean {
    if (this.#file.version === 1) {
      // Until its owner has opened it, nobody has signed for it.
      return true;
    }
    const { signed, hash } = header;
    return (
      (signed !== undefined &&
        isDeviceOf(this.#file, signed.device) &&
        isSignedFor(header, this.#file.vault)) ||
      this.#segments.has(Buffer.from(hash).toString('hex'))
    );
  }

  /**
   * Whether an age file is of the vault's owner.
   * @param what it says that it is
   * @param hash gives the SHA-256 of the whole file, in hex
   */
  trustsFile(reader: AgeReader, what: string, hash: () => string): boolean {
    return (
      this.#file.version === 1 ||
      (this.#author !== undefined &&
        reader.isSignedBy({ vaultId: this.#file.vault, what }, this.#author)) ||
      (this.#files.size > 0 && this.#files.has(hash()))
    );
  }
}
