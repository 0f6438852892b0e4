import { execFile } from 'node:child_process';

interface CommandResult {
  /** `undefined` when the program is not there or was ended by a signal. */
  readonly code: number | undefined;
  readonly output: string;
}

/** Runs one of the system's own programs, without a shell. Never throws. */
export type CommandRunner = (file: string, args: readonly string[]) => Promise<CommandResult>;

const commandTimeoutMs = 10_000;

export const runCommand: CommandRunner = (file, args) =>
  new Promise((resolve) => {
    const options = { timeout: commandTimeoutMs, windowsHide: true, maxBuffer: 16_000_000 };
    execFile(file, args, options, (error, stdout) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ code, output: stdout });
    });
  });
