import type { AgeReader } from '../age/ageStream.ts';
import type { Keyring } from '../age/identity.ts';
import {
  currentIdentityOf,
  vaultFileVersion,
  vaultFormat,
  type VaultFile,
} from '../protectors/vaultFile.ts';
import { VaultError } from '../vaultError.ts';
import { isDeviceOf } from '../keys/vaultOwnership.ts';

/** With what a vault's files are read: what opens them, and what tells which of them are the vault's own. */
export interface VaultKeys {
  readonly keyring: Keyring;
  readonly trust: ReadTrust;
}

/** Tells whether an age file is to be read. */
export interface FileTrust {
  /**
   * @param what it has to be
   * @param hash gives the SHA-256 of the whole file, in hex
   * @throws {VaultError} `untrusted`
   */
  demandFile(reader: AgeReader, what: OwnFile, hash: () => string): void;
}

/** With what age files are read. */
export interface FileKeys {
  readonly keyring: Keyring;
  readonly trust: FileTrust;
}

/** What tells whose a segment is. */
export interface SegmentMark {
  /** SHA-256 of its header. */
  readonly hash: Uint8Array;
  /** The device that it says signed it, and whether that did. */
  readonly signed: { readonly device: string; isFor(vaultId: string): boolean } | undefined;
}

/** What an age file of a vault is; one that is signed as one of them is worth nothing as another. */
export type OwnFile = 'snapshot' | 'backup' | 'import' | 'month';

/** Stands for a `vault.json` that says nothing. */
const nobodys: VaultFile = {
  format: vaultFormat,
  version: vaultFileVersion,
  ...{ vault: '', generation: 0, createdMs: 0, recipient: '', protectors: [], identities: [] },
};

/**
 * Whether what lies in a vault's folder was made by its owner. Whoever knows the public recipient can seal something for it; only who
 * has the identity, or a device that was let in, can sign. docs/vault-format.md, "Authorship".
 */
export class ReadTrust implements FileTrust {
  readonly #file: VaultFile;
  readonly #trustsAll: boolean;
  readonly #author: string | undefined;
  readonly #segments: ReadonlySet<string>;
  readonly #files: ReadonlySet<string>;

  /** @param file the vault's, which is believed. Of version 1 it says nothing of who made what, and all is trusted until it is taken over */
  constructor(file: VaultFile, trustsAll = false) {
    this.#file = file;
    this.#trustsAll = trustsAll || file.version === 1;
    this.#author = currentIdentityOf(file)?.author;
    this.#segments = new Set(file.accepted?.segments);
    this.#files = new Set(file.accepted?.files);
  }

  /** Trusts whatever the keys open: to look for what is to be destroyed, and where a recovery kit is all that is left. */
  static ofAll(file: VaultFile = nobodys): ReadTrust {
    return new ReadTrust(file, true);
  }

  /** The `vault.json` that is believed. */
  get file(): VaultFile {
    return this.#file;
  }

  /** It changes with every change of whom to trust. */
  get mark(): string {
    return `${this.#file.generation} ${this.#file.signature ?? ''}`;
  }

  /** Whether a segment is of a device of the vault. */
  trustsSegment({ signed, hash }: SegmentMark): boolean {
    return (
      this.#trustsAll ||
      (signed !== undefined &&
        isDeviceOf(this.#file, signed.device) &&
        signed.isFor(this.#file.vault)) ||
      this.#segments.has(Buffer.from(hash).toString('hex'))
    );
  }

  /** @throws {VaultError} `untrusted` when {@link trustsSegment} does not */
  demandSegment(header: SegmentMark): void {
    if (!this.trustsSegment(header)) {
      throw new VaultError('untrusted', 'A segment is of no device of the vault');
    }
  }

  demandFile(reader: AgeReader, what: OwnFile, hash: () => string): void {
    const isOurs =
      this.#trustsAll ||
      (this.#author !== undefined && reader.isSignedBy(what, this.#author)) ||
      (this.#files.size > 0 && this.#files.has(hash()));
    if (!isOurs) {
      throw new VaultError('untrusted', 'A file of the vault is not signed by its owner');
    }
  }
}
