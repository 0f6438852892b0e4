import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readPlain } from '../../files/plainFile.ts';

/**
 * Tells whether the process that left a mark in the folder still runs. A process number means something only
 * on one machine, since one start of it, within one container: that is the `place`, as a hash, since the names
 * of machines are nobody's business.
 */
export interface ProcessMark {
  readonly place: string;
  readonly pid: number;
  /** When the process began, in the kernel's ticks; -1 where that can't be told. Numbers are used again. */
  readonly startTicks: number;
}

let own: Promise<ProcessMark> | undefined;

/** This process. */
export function ownProcessMark(): Promise<ProcessMark> {
  own ??= readOwn();
  return own;
}

/**
 * `alive` and `dead` are certain where the process is of this place. `unknown`: another machine, container or
 * start of the machine, or a process number that may be another's by now.
 */
export async function lifeOf(mark: ProcessMark): Promise<'alive' | 'dead' | 'unknown'> {
  const here = await ownProcessMark();
  if (mark.place !== here.place) {
    return 'unknown';
  }
  if (!exists(mark.pid)) {
    return 'dead';
  }
  if (mark.startTicks < 0) {
    return mark.pid === process.pid ? 'alive' : 'unknown';
  }
  return (await startTicksOf(mark.pid)) === mark.startTicks ? 'alive' : 'dead';
}

async function readOwn(): Promise<ProcessMark> {
  const parts = await Promise.all([
    readPlain('/proc/sys/kernel/random/boot_id').then(String, () => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  const place = createHash('sha256')
    .update([hostname(), process.platform, ...parts].join('\0'))
    .digest('hex')
    .slice(0, 32);
  return { place, pid: process.pid, startTicks: await startTicksOf(process.pid) };
}

/** Field 22 of /proc/PID/stat (proc(5)); the name before it, in brackets, may hold anything. */
async function startTicksOf(pid: number): Promise<number> {
  try {
    const stat = (await readPlain(`/proc/${pid}/stat`)).toString('latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19] ?? -1);
  } catch {
    return -1;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
