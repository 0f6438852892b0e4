import { Worker, type MessagePort } from 'node:worker_threads';
import * as v from 'valibot';
import { wipe } from '../age/identity.ts';
import { protectorKeyBytes } from './identityWrapping.ts';
import { calibratePassphrase, derivePassphraseKey, passphraseBytes } from './passphraseKey.ts';
import { VaultError } from '../vaultError.ts';
import { passphraseParameters, type PassphraseParameters } from './vaultFile.ts';

/** Argon2id off the caller's thread, in a worker of the keeper's bundle that ends when it is done. */

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** What such a worker is started with; without `parameters` it finds some for this machine. */
const jobSchema = v.strictObject({
  passphrase: bytes,
  parameters: v.optional(passphraseParameters),
});
const answerSchema = v.strictObject({ key: bytes, parameters: passphraseParameters });

export type PassphraseJob = v.InferOutput<typeof jobSchema>;
export type PassphraseAnswer = v.InferOutput<typeof answerSchema>;

/** How long unlocking may take on the machine that the passphrase was set on. */
const targetMs = 400;

/** The job that a worker was started with, or `undefined` when it was started for something else. */
export function passphraseJobIn(workerData: unknown): PassphraseJob | undefined {
  return v.is(jobSchema, workerData) ? workerData : undefined;
}

/** The worker's end. */
export async function runPassphraseJob(job: PassphraseJob, port: MessagePort): Promise<void> {
  const parameters = job.parameters ?? (await calibratePassphrase(targetMs));
  const key = await derivePassphraseKey(job.passphrase, parameters);
  wipe(job.passphrase);
  const answer: PassphraseAnswer = { key, parameters };
  port.postMessage(answer);
  wipe(key);
}

/**
 * The key of a passphrase under given parameters, or under new ones. The caller wipes it.
 * @throws {RangeError} when the passphrase is empty.
 * @throws {VaultError} `keeperFailed` when the worker died.
 */
export function askPassphraseWorker(
  keeperPath: string,
  passphrase: string,
  parameters?: PassphraseParameters,
): Promise<PassphraseAnswer> {
  const job: PassphraseJob = {
    passphrase: passphraseBytes(passphrase),
    ...(parameters && { parameters }),
  };
  return new Promise((resolve, reject) => {
    const worker = new Worker(keeperPath, { workerData: job, execArgv: [], stdin: false });
    wipe(job.passphrase);
    worker.once('message', (message: unknown) => {
      if (v.is(answerSchema, message) && message.key.length === protectorKeyBytes) {
        resolve(message);
      } else {
        reject(new VaultError('keeperFailed', 'The passphrase worker answered something else'));
      }
    });
    worker.once('error', (cause) => {
      reject(new VaultError('keeperFailed', 'The passphrase worker failed', { cause }));
    });
    worker.once('exit', () => {
      reject(new VaultError('keeperFailed', 'The passphrase worker ended without an answer'));
    });
  });
}
