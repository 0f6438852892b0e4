import { execFile } from 'node:child_process';

interface CommandResult {
  /** 127 when the program is not there, as in a shell; `undefined` when it was ended before it had done. */
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
      resolve({ code: error === null ? 0 : codeOf(error.code), output: stdout });
    });
  });

const notThere = 127;

function codeOf(code: unknown): number | undefined {
  return typeof code === 'number' ? code : code === 'ENOENT' ? notThere : undefined;
}
