import { readFileSync, readdirSync } from 'node:fs';
import { pause } from '../support/waitFor.ts';

/** A process of this machine. The start time tells it from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot: field 22 of /proc/<pid>/stat, proc(5). */
  readonly startTicks: number;
  readonly commandLine: string;
}

/** What /proc/<pid>/stat says that is needed here. */
interface ProcessStat {
  readonly parent: number;
  readonly state: string;
  readonly startTicks: number;
}

/** All processes below the given one, parents before children. Linux only. */
export function descendantsOf(pid: number): readonly ProcessIdentity[] {
  const children = new Map<number, ProcessIdentity[]>();
  for (const name of readdirSync('/proc')) {
    const id = Number(name);
    const stat = Number.isInteger(id) ? readStat(id) : undefined;
    if (stat !== undefined && stat.state !== 'Z') {
      const siblings = children.get(stat.parent) ?? [];
      siblings.push({ pid: id, startTicks: stat.startTicks, commandLine: readCommandLine(id) });
      children.set(stat.parent, siblings);
    }
  }
  const found: ProcessIdentity[] = [];
  const pending = [pid];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    pending.push(...below.map((child) => child.pid));
  }
  return found;
}

/** Whether it is this very process that still runs. */
export function isRunning({ pid, startTicks }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat?.startTicks === startTicks && stat.state !== 'Z';
}

/** Waits until all have ended by themselves, and kills those that have not within `graceMs`. */
export async function endProcesses(
  processes: readonly ProcessIdentity[],
  graceMs: number,
): Promise<void> {
  const endMs = performance.now() + graceMs;
  while (processes.some(isRunning) && performance.now() < endMs) {
    await pause(50);
  }
  for (const process_ of processes.filter(isRunning)) {
    sendSignal(process_.pid, 'SIGKILL');
  }
  while (processes.some(isRunning)) {
    await pause(20);
  }
}

/** Sends a signal; one that has ended in the meantime is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended.
  }
}

function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, and may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), startTicks: Number(fields[19]) };
}

function readCommandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
