import * as v from 'valibot';
import { ChannelError, type Contract } from '../../base/channel.ts';
import type { Log } from '../../base/log.ts';
import { guard } from '../../facts/guards.ts';
import { nothingOffered, Thread } from '../../threads/thread.ts';
import type { ThreadSide } from '../../threads/threadSide.ts';
import { wipe } from '../age/identity.ts';
import { protectorKeyBytes } from './identityWrapping.ts';
import { calibratePassphrase, derivePassphraseKey, passphraseBytes } from './passphraseKey.ts';
import { VaultError } from '../vaultError.ts';
import { passphraseParameters, type PassphraseParameters } from './vaultFile.ts';

/** Argon2id off the caller's thread, in a thread of the keeper's bundle that ends when it is done. */

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);
const keyBytes = v.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length === protectorKeyBytes,
);

const passphraseAnswer = v.strictObject({ key: keyBytes, parameters: passphraseParameters });
export type PassphraseAnswer = v.InferOutput<typeof passphraseAnswer>;

const passphraseContract = {
  requests: {
    /** Without `parameters` the thread finds some for this machine. */
    derive: {
      params: guard(
        v.strictObject({ passphrase: bytes, parameters: v.optional(passphraseParameters) }),
      ),
      result: guard(passphraseAnswer),
    },
  },
  events: {},
} as const satisfies Contract;

/** What tells the keeper's bundle that it is started for a passphrase. */
const passphraseData = v.strictObject({ task: v.literal('passphrase') });

/** How long unlocking may take on the machine that the passphrase was set on. */
const targetMs = 400;
/** Even 128 MiB on the slowest machine need less. */
const longestMs = 3_600_000;

/** Whether a thread of the keeper's bundle was started for a passphrase. */
export function isPassphraseThread({ data }: ThreadSide): boolean {
  return v.is(passphraseData, data);
}

/** The thread's side. */
export function servePassphrase(thread: ThreadSide): void {
  thread.serve(passphraseContract, nothingOffered, {
    derive: async ({ passphrase, parameters: given }) => {
      const parameters = given ?? (await calibratePassphrase(targetMs));
      const key = await derivePassphraseKey(passphrase, parameters);
      wipe(passphrase);
      // By then the reply has been posted, and is a copy.
      setImmediate(() => {
        wipe(key);
      });
      return { key, parameters };
    },
  });
}

/**
 * The key of a passphrase under given parameters, or under new ones. The caller wipes it.
 * @throws {RangeError} when the passphrase is empty.
 * @throws {VaultError} `keeperFailed` when the thread died, or answered something else.
 */
export async function derivePassphraseInThread(
  keeperPath: string,
  log: Log,
  passphrase: string,
  parameters?: PassphraseParameters,
): Promise<PassphraseAnswer> {
  const hashed = passphraseBytes(passphrase);
  const data: v.InferOutput<typeof passphraseData> = { task: 'passphrase' };
  const thread = new Thread(nothingOffered, {
    name: 'passphrase',
    file: keeperPath,
    data,
    contract: passphraseContract,
    log,
    timeoutMs: longestMs,
    holdsProcess: true,
  });
  try {
    const answer = thread.channel.request('derive', {
      passphrase: hashed,
      ...(parameters && { parameters }),
    });
    // The message is a copy by the time this returns.
    wipe(hashed);
    return await answer;
  } catch (cause) {
    if (!ChannelError.is(cause)) {
      throw cause;
    }
    throw new VaultError('keeperFailed', 'The passphrase thread failed', { cause });
  } finally {
    thread.dispose();
  }
}
