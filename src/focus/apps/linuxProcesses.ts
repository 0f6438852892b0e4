import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { posixSignal } from './posixSignal.ts';
import type { ProcessEntry, ProcessTable } from './processTable.ts';

interface Stat {
  readonly command: string;
  readonly parentPid: number;
  readonly start: string;
}

/** Processes read at once before the thread is given back: about 2 ms. */
const slice = 64;

/**
 * Linux's processes from /proc (proc(5)). A scan reads `stat` of each, in slices, so that the thread is never
 * kept for long; user and executable are asked only for processes that are new. No child process.
 */
export class LinuxProcesses implements ProcessTable {
  readonly #root: string;
  readonly #buffer = Buffer.alloc(1_024);
  #known = new Map<number, { readonly entry: ProcessEntry; readonly command: string }>();

  constructor(root = '/proc') {
    this.#root = root;
  }

  async list(): Promise<readonly ProcessEntry[]> {
    const numbers = readdirSync(this.#root).filter((name) => /^\d+$/.test(name));
    const seen = new Map<number, { entry: ProcessEntry; command: string }>();
    for (let at = 0; at < numbers.length; at += slice) {
      for (const number of numbers.slice(at, at + slice)) {
        const pid = Number(number);
        const stat = this.#stat(pid);
        if (stat !== undefined) {
          const known = this.#known.get(pid);
          // A program that execs another keeps number and start, but not its name.
          const isKnown =
            known?.entry.start === stat.start &&
            known.command === stat.command &&
            known.entry.parentPid === stat.parentPid;
          const entry = isKnown ? known.entry : this.#entry(pid, stat);
          if (entry !== undefined) {
            seen.set(pid, { entry, command: stat.command });
          }
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#known = seen;
    return Array.from(seen.values(), ({ entry }) => entry);
  }

  look(pid: number): Promise<ProcessEntry | undefined> {
    const stat = this.#stat(pid);
    return Promise.resolve(stat === undefined ? undefined : this.#entry(pid, stat));
  }

  signal(pid: number, how: 'ask' | 'end'): Promise<boolean> {
    return posixSignal(pid, how);
  }

  dispose(): void {
    this.#known.clear();
  }

  #entry(pid: number, { parentPid, start }: Stat): ProcessEntry | undefined {
    try {
      const userId = statSync(`${this.#root}/${pid}`).uid;
      const executable = this.#executable(pid);
      const name = executable === undefined ? '' : path.basename(executable);
      return { pid, parentPid, userId, start, name, executable };
    } catch {
      return undefined;
    }
  }

  #executable(pid: number): string | undefined {
    try {
      // A program whose file was replaced by an update still runs as what it was.
      return readlinkSync(`${this.#root}/${pid}/exe`).replace(/ \(deleted\)$/, '');
    } catch {
      return undefined;
    }
  }

  #stat(pid: number): Stat | undefined {
    let file;
    try {
      file = openSync(`${this.#root}/${pid}/stat`, 'r');
      const length = readSync(file, this.#buffer, 0, this.#buffer.length, 0);
      const text = this.#buffer.toString('latin1', 0, length);
      // The name, in brackets, may hold anything, brackets and spaces too.
      const open = text.indexOf('(');
      const close = text.lastIndexOf(')');
      const fields = text.slice(close + 2).split(' ', 20);
      const [parentPid, start] = [fields[1], fields[19]];
      return open === -1 || parentPid === undefined || start === undefined
        ? undefined
        : { command: text.slice(open + 1, close), parentPid: Number(parentPid), start };
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) {
        closeSync(file);
      }
    }
  }
}
