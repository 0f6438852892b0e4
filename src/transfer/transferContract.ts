import * as v from 'valibot';
import type { Contract, Guard } from '../base/channel.ts';
import { count, guard, nothing } from '../facts/guards.ts';
import { backupMessages } from './messages/backupMessages.ts';
import { eraseMessages } from './messages/eraseMessages.ts';
import { exportMessages } from './messages/exportMessages.ts';
import { kitMessages } from './messages/kitMessages.ts';
import { mergeMessages } from './messages/mergeMessages.ts';
import { syncMessages } from './messages/syncMessages.ts';

/**
 * Host <-> the transfer's thread. Each part of the room lays out the messages of its own jobs; a job's name
 * here is the one it is asked for by, and under which `transferJobs.ts` has what does it.
 */
const jobMessages = {
  ...backupMessages,
  ...exportMessages,
  ...eraseMessages,
  ...kitMessages,
  ...syncMessages,
  ...mergeMessages,
};

export type JobMessages = typeof jobMessages;
export type JobName = keyof JobMessages;
export type JobParams<N extends JobName> = v.InferOutput<JobMessages[N]['params']>;
export type JobResult<N extends JobName> = v.InferOutput<JobMessages[N]['result']>;

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** Which vault a job is about. The secrets are handed over for good. */
const jobVault = v.strictObject({
  folder: v.string(),
  keysFolder: v.string(),
  secrets: v.array(bytes),
});

/** A job as it is asked for; its own parameters are checked by its own schema, on either side. */
const askedJob = v.strictObject({ vault: jobVault, name: v.string(), params: v.unknown() });
export type AskedJob = v.InferOutput<typeof askedJob>;

/** What the thread offers. Each does one job. */
export const transferContract = {
  requests: { run: { params: guard(askedJob), result: isAnything } },
  events: {
    progressed: guard(v.strictObject({ done: count, total: count })),
  },
} as const satisfies Contract;

/** What the host offers the thread. */
export const transferHostContract = {
  requests: {},
  events: { cancelled: guard(nothing) },
} as const satisfies Contract;

/** What the thread is started with. */
export const transferThreadData = v.strictObject({
  /** Of `sql-wasm.wasm`. */
  wasmPath: v.string(),
  /** One 32-bit number, 0 until the job is cancelled: a job that computes hears no message. */
  cancelled: v.instance(SharedArrayBuffer),
});
export type TransferThreadData = v.InferOutput<typeof transferThreadData>;

function isAnything(value: unknown): value is unknown {
  return value !== undefined;
}

/** Whether a name is a job's. */
export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobMessages, name);
}

/** The guard of a job's parameters or result. */
export function jobGuard<N extends JobName, S extends 'params' | 'result'>(
  name: N,
  side: S,
): Guard<v.InferOutput<JobMessages[N][S]>> {
  return guard<JobMessages[N][S]>(jobMessages[name][side]);
}
