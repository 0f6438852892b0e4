import path from 'node:path';
import { posixSignal } from './posixSignal.ts';
import { runCommand, type CommandRunner } from '../runCommand.ts';
import type { ProcessEntry, ProcessTable } from './processTable.ts';

const columns = 'pid=,ppid=,uid=,lstart=,comm=';
// Number, parent, user, then a date of five words (`Sat Nov 21 08:51:04 2026`), then the executable.
const linePattern = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\d{4})\s+(.+?)\s*$/;

/** macOS's processes: one `ps` for each look, whose `comm` is the whole path of the executable. */
export class MacProcesses implements ProcessTable {
  readonly #run: CommandRunner;

  constructor(run: CommandRunner = runCommand) {
    this.#run = run;
  }

  async list(): Promise<readonly ProcessEntry[]> {
    return parsePs((await this.#run('ps', ['-axwwo', columns])).output);
  }

  async look(pid: number): Promise<ProcessEntry | undefined> {
    const { output } = await this.#run('ps', ['-wwo', columns, '-p', String(pid)]);
    return parsePs(output).find((entry) => entry.pid === pid);
  }

  signal(pid: number, how: 'ask' | 'end'): Promise<boolean> {
    return posixSignal(pid, how);
  }

  dispose(): void {
    // Each look is a process of its own that has ended.
  }
}

/** Reads what `ps -o pid=,ppid=,uid=,lstart=,comm=` prints; lines of another shape are left out. */
export function parsePs(output: string): ProcessEntry[] {
  return output.split('\n').flatMap((line) => {
    const match = linePattern.exec(line);
    if (match === null) {
      return [];
    }
    const [, pid, parentPid, userId, start = '', executable = ''] = match;
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        userId: Number(userId),
        start: start.replace(/\s+/g, ' '),
        name: path.posix.basename(executable),
        executable,
      },
    ];
  });
}
