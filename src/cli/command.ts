import type { Readable, Writable } from 'node:stream';

/** What a command talks to; tests give their own. */
export interface CommandIo {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/** What a command ends with. */
export const exitCodes = {
  done: 0,
  /** Something could not be read or written. */
  failed: 1,
  /** The arguments or the input are not as they must be. */
  badInput: 2,
} as const;

/** One sub-command of `millrace`. */
export interface Command {
  /** The arguments, as the help shows them. */
  readonly usage: string;
  readonly summary: string;
  /** What `--help` says, where usage and summary don't say enough. */
  readonly help?: string;
  /** @returns the process's exit code */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
