import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { CommandIo } from '../../src/cli/command.ts';

/** What a command of the command line came to. */
export interface CommandOutcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a command of the command line in this process.
 * @param work calls it, and gives its exit code
 * @param input all that it can read
 */
export async function runInProcess(
  work: (io: CommandIo) => Promise<number>,
  input = '',
): Promise<CommandOutcome> {
  const io = {
    input: Readable.from([input]),
    output: new PassThrough(),
    errors: new PassThrough(),
  };
  const output = text(io.output);
  const errors = text(io.errors);
  const code = await work(io);
  io.output.end();
  io.errors.end();
  return { code, output: await output, errors: await errors };
}
