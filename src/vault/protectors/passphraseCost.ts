import { VaultError } from '../vaultError.ts';
import type { PassphraseParameters } from './vaultFile.ts';

/**
 * What a passphrase may cost whoever tries it. The parameters stand in a file that anybody can have put there, and are used before
 * anything of it can be authenticated: as Argon2id has it, 4 GiB a thousand times over would hold a machine for days.
 */

/** Twice the most memory that Millrace ever asked for, and some times the passes (2) and lanes (1). */
const most = { memoryKiB: 256 << 10, iterations: 8, parallelism: 4 } as const;
/** Less is no salt (RFC 9106, 3.1); more says nothing more. */
const saltBytes = { least: 8, most: 64 } as const;
/** A vault has one passphrase; a few where files of several devices came together. */
export const mostPassphrases = 4;

/** Whether parameters ask for no more than a machine is to give for a passphrase. */
export function isModest(parameters: PassphraseParameters): boolean {
  const { memoryKiB, iterations, parallelism, salt } = parameters;
  const { length } = Buffer.from(salt, 'base64');
  return (
    memoryKiB <= most.memoryKiB &&
    iterations <= most.iterations &&
    parallelism <= most.parallelism &&
    length >= saltBytes.least &&
    length <= saltBytes.most
  );
}

/** @throws {VaultError} `costly` when they are not {@link isModest} */
export function demandModest(parameters: PassphraseParameters): void {
  if (!isModest(parameters)) {
    throw new VaultError(
      'costly',
      'To try a passphrase here would take more memory or time than Millrace ever asks for',
    );
  }
}
