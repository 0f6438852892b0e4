import type { VaultFile } from '../protectors/vaultFile.ts';
import { VaultError, type VaultDoubt } from '../vaultError.ts';
import { VaultPins } from './vaultPins.ts';

/**
 * Whether the `vault.json` in a vault's folder is the one that this computer knows the vault by. Nothing is sealed for, and nothing
 * is opened with, what it does not know.
 */
export class VaultTrust {
  readonly #pins: VaultPins;
  readonly #folder: string;
  /** The signature of the file that was found to be known. */
  #known: string | undefined;
  /** What is to be remembered, and could not be written down: with no room left for it recording goes on. */
  #unwritten: VaultFile | undefined;

  /** @param pinsFolder where it is remembered, outside the vault's folder */
  constructor(vaultFolder: string, pinsFolder: string) {
    this.#folder = vaultFolder;
    this.#pins = new VaultPins(pinsFolder);
  }

  /**
   * Looks whether a file may be used. One that its owner changed is remembered at once, as far as there is room to; one of which
   * nothing is remembered is let pass, and is remembered once it was opened.
   * @throws {VaultError} `untrusted`, with its doubt
   */
  async check(file: VaultFile): Promise<void> {
    if (this.#unwritten !== undefined) {
      if (isBefore(file, this.#unwritten)) {
        throw doubted('rolledBack');
      }
    } else if (this.#known !== undefined && file.signature === this.#known) {
      return;
    }
    const finding = await this.#pins.find(this.#folder, file);
    switch (finding) {
      case 'rolledBack':
      case 'replaced':
        throw doubted(finding);
      case 'succeeds':
        await this.accept(file).catch(() => {
          this.#unwritten = file;
        });
        return;
      case 'known':
        this.#known = file.signature;
        this.#unwritten = undefined;
        return;
      case 'new':
        return;
    }
  }

  /**
   * Remembers a file as the vault's: it was made here, or opened here, or the person says so.
   * @throws a system error when it can't be
   */
  async accept(file: VaultFile): Promise<void> {
    if (
      this.#unwritten !== undefined ||
      this.#known === undefined ||
      file.signature !== this.#known
    ) {
      await this.#pins.note(this.#folder, file);
      this.#known = file.signature;
      this.#unwritten = undefined;
    }
  }

  /** Forgets the vault. */
  async forget(): Promise<void> {
    this.#known = this.#unwritten = undefined;
    await this.#pins.forget(this.#folder);
  }
}

function doubted(doubt: VaultDoubt): VaultError {
  return new VaultError('untrusted', 'vault.json is not the one that is known here', { doubt });
}

function isBefore(file: VaultFile, other: VaultFile): boolean {
  return file.vault === other.vault && file.generation < other.generation;
}
