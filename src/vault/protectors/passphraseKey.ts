import { randomBytes } from 'node:crypto';
import { protectorKeyBytes } from './identityWrapping.ts';
import { demandModest } from './passphraseCost.ts';
import type { PassphraseParameters } from './vaultFile.ts';

/**
 * From a passphrase to a key: Argon2id (RFC 9106) over the UTF-8 bytes of the passphrase in NFKC, so that it
 * is the same from every keyboard. It fills a core for as long as it takes: call it in a worker thread.
 */

/** OWASP's least for Argon2id; what is weaker is refused wherever it is read. */
const leastMemoryKiB = 19 * 1024;
const memoryStepsKiB = [leastMemoryKiB, 32 << 10, 64 << 10, 128 << 10];
const saltBytes = 16;

/** The bytes that are hashed. @throws {RangeError} when there are none. */
export function passphraseBytes(passphrase: string): Uint8Array {
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'));
  if (bytes.length === 0) {
    throw new RangeError('A passphrase has at least one character');
  }
  return bytes;
}

/** The 32-byte key of a passphrase. The caller wipes it. @throws {VaultError} `costly` before anything is worked out */
export async function derivePassphraseKey(
  bytes: Uint8Array,
  parameters: PassphraseParameters,
): Promise<Uint8Array> {
  demandModest(parameters);
  // Loaded when it is needed: the host's thread imports this file and never calls it.
  const { default: argon2 } = await import('hash-wasm/dist/argon2.umd.min.js');
  return argon2.argon2id({
    password: bytes,
    salt: Buffer.from(parameters.salt, 'base64'),
    memorySize: parameters.memoryKiB,
    iterations: parameters.iterations,
    parallelism: parameters.parallelism,
    hashLength: protectorKeyBytes,
    outputType: 'binary',
  });
}

/**
 * Parameters with a new salt: the most memory with which this machine needs no longer than `targetMs`, and
 * never less than 19 MiB with two passes.
 */
export async function calibratePassphrase(targetMs: number): Promise<PassphraseParameters> {
  let chosen = parametersWith(leastMemoryKiB);
  for (const memoryKiB of memoryStepsKiB) {
    const parameters = parametersWith(memoryKiB);
    const startMs = performance.now();
    await derivePassphraseKey(Uint8Array.of(0), parameters);
    if (performance.now() - startMs > targetMs) {
      break;
    }
    chosen = parameters;
  }
  return chosen;
}

function parametersWith(memoryKiB: number): PassphraseParameters {
  return {
    name: 'argon2id',
    memoryKiB,
    iterations: 2,
    parallelism: 1,
    salt: randomBytes(saltBytes).toString('base64'),
  };
}
