import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { systemErrorCode } from '../../base/errors.ts';
import { makeFolder, replaceFile } from '../../files/durableFiles.ts';
import { placeOf } from '../../files/place.ts';
import { ForeignFileError, readPlain } from '../../files/plainFile.ts';
import { currentIdentityOf, type VaultFile } from '../protectors/vaultFile.ts';
import { isOfAuthor } from '../keys/vaultAuthorship.ts';

/**
 * What this computer remembers of a vault, outside the vault's folder and beside its keys, as `known_hosts` does of a server: whose
 * it is, and how often its file had been changed. One file a folder: docs/vault-format.md, "Pins".
 */
const pinSchema = v.strictObject({
  format: v.literal('millrace-pin'),
  version: v.literal(1),
  folder: v.string(),
  vault: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  generation: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  recipient: v.string(),
  author: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
});

type Pin = v.InferOutput<typeof pinSchema>;

/**
 * What a `vault.json` is beside what is remembered: the `known` one; one that `succeeds` it, by a change that its owner made; `new`,
 * as nothing is remembered; an earlier one that was put back (`rolledBack`); or that of somebody else (`replaced`).
 */
export type PinFinding = 'known' | 'succeeds' | 'new' | 'rolledBack' | 'replaced';

const longestPinBytes = 64 << 10;
const pinName = /^[0-9a-f]{32}\.pin$/;

/** The pins in a folder, which must not be a vault's. */
export class VaultPins {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Compares. @throws a system error when a pin is there and can't be read */
  async find(vaultFolder: string, file: VaultFile): Promise<PinFinding> {
    const pin = await this.#read(nameFor(vaultFolder));
    if (pin !== undefined) {
      return compare(pin, file);
    }
    // A vault that was moved or copied: how often it had been changed elsewhere says nothing of this one.
    const elsewhere = await this.#newestOf(file.vault);
    if (elsewhere === undefined) {
      return 'new';
    }
    if (!isOfAuthor(file, authorIn(elsewhere))) {
      return 'replaced';
    }
    return elsewhere.author === undefined ? 'new' : 'succeeds';
  }

  /** Remembers a file as the one of this folder. */
  async note(vaultFolder: string, file: VaultFile): Promise<void> {
    const current = currentIdentityOf(file);
    const pin: Pin = {
      format: 'millrace-pin',
      version: 1,
      folder: placeOf(vaultFolder).path,
      vault: file.vault,
      generation: file.generation,
      recipient: file.recipient,
      ...(current?.author !== undefined && { author: current.author }),
    };
    await makeFolder(this.#folder);
    await replaceFile(
      path.join(this.#folder, nameFor(vaultFolder)),
      new TextEncoder().encode(`${JSON.stringify(pin)}\n`),
    );
  }

  /** Forgets what is remembered of a folder; it need not be anything. */
  async forget(vaultFolder: string): Promise<void> {
    await rm(path.join(this.#folder, nameFor(vaultFolder)), { force: true });
  }

  /** Forgets a vault, in whatever folders it is remembered. */
  async forgetVault(vault: string): Promise<void> {
    for (const name of await this.#names()) {
      if ((await this.#read(name))?.vault === vault) {
        await rm(path.join(this.#folder, name), { force: true });
      }
    }
  }

  async #newestOf(vault: string): Promise<Pin | undefined> {
    let newest: Pin | undefined;
    for (const name of await this.#names()) {
      const pin = await this.#read(name);
      if (pin?.vault === vault && pin.generation > (newest?.generation ?? 0)) {
        newest = pin;
      }
    }
    return newest;
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => pinName.test(name));
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') {
        return [];
      }
      throw error;
    }
  }

  /** One that a disk made unreadable remembers nothing. */
  async #read(name: string): Promise<Pin | undefined> {
    try {
      const bytes = await readPlain(path.join(this.#folder, name), {
        largestBytes: longestPinBytes,
      });
      return v.parse(pinSchema, JSON.parse(new TextDecoder().decode(bytes)));
    } catch (error) {
      if (isUnread(error)) {
        return undefined;
      }
      throw error;
    }
  }
}

function compare(pin: Pin, file: VaultFile): PinFinding {
  if (pin.vault !== file.vault || !isOfAuthor(file, authorIn(pin))) {
    // An earlier file of the same vault does not name the later identity.
    return pin.vault === file.vault && file.generation < pin.generation ? 'rolledBack' : 'replaced';
  }
  if (file.generation < pin.generation) {
    return 'rolledBack';
  }
  if (pin.author === undefined) {
    // Whose signature counts is known once the vault was opened.
    return file.version === 1 ? sameOrLater(pin, file) : 'new';
  }
  return sameOrLater(pin, file);
}

function sameOrLater(pin: Pin, file: VaultFile): 'known' | 'succeeds' {
  const isSame = file.generation === pin.generation && file.recipient === pin.recipient;
  return isSame ? 'known' : 'succeeds';
}

function authorIn({ recipient, author }: Pin): {
  readonly recipient: string;
  readonly author: string | undefined;
} {
  return { recipient, author };
}

function nameFor(vaultFolder: string): string {
  const place = placeOf(vaultFolder).path;
  return `${createHash('sha256').update(place).digest('hex').slice(0, 32)}.pin`;
}

/** There is none, or what lies there is none of ours; not where the system refuses to say. */
function isUnread(error: unknown): boolean {
  const code = systemErrorCode(error);
  return error instanceof ForeignFileError || code === 'ENOENT' || code === undefined;
}
