import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { ClockWatch } from '../../base/clockWatch.ts';
import { systemErrorCode } from '../../base/errors.ts';
import { describeError, type Log } from '../../base/log.ts';
import { readIfOurs, replaceFile } from '../../files/durableFiles.ts';
import { withLock } from '../../files/fileLock.ts';
import { FocusError } from '../focusError.ts';
import { isDeadlineOver } from '../sites/blockDeadline.ts';
import { healLeftovers, type HealOptions } from './healLeftovers.ts';
import { FocusStateFile } from '../session/focusStateFile.ts';

/**
 * The warden is a small process of its own that outlives the editor: it looks every few seconds whether a block
 * is past its deadline, undoes it, and ends with the last entry of the journal. It exists only while something
 * of the machine is changed (hosts file, proxy settings).
 */

const lookMs = 3_000;
/** A window that runs renews its deadlines within this time after the clock was set. */
const renewalMs = 15_000;
/** More than are renewed in a day; what stands is among the last. */
const mostDeadlines = 3_000;

export interface WardenStart {
  readonly storageFolder: string;
  /** The bundled command line, `dist/cli.js`. */
  readonly cliFile: string;
  readonly log: Log;
  /** The program that runs JavaScript: the editor's own, told to be Node. */
  readonly executable?: string;
}

/** Starts a warden unless one is there. Never throws: a block without a warden is still undone at the next start. */
export async function startWarden(start: WardenStart): Promise<void> {
  const { storageFolder, cliFile, log, executable = process.execPath } = start;
  try {
    if (await isWardenThere(storageFolder)) {
      return;
    }
    await mkdir(storageFolder, { recursive: true, mode: 0o700 });
    const child = spawn(executable, [cliFile, 'unblock', '--watch', '--storage', storageFolder], {
      detached: true,
      stdio: 'ignore',
      cwd: path.parse(storageFolder).root,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    child.on('error', (error) => {
      log.error('The warden could not be started', describeError(error));
    });
    child.unref();
  } catch (error) {
    log.error('The warden could not be started', describeError(error));
  }
}

/** What the warden does, until nothing is left to undo. One at a time; a second one ends at once. */
export async function runWarden(
  storageFolder: string,
  options: HealOptions,
  clock: Clock,
): Promise<void> {
  const file = wardenFile(storageFolder);
  const isFirst = await withLock(`${file}.lock`, async () => {
    if (await isWardenThere(storageFolder)) {
      return false;
    }
    const mark = (await markOf(process.pid)) ?? '';
    await replaceFile(file, Buffer.from(mark), { durable: false, makesFolder: true });
    return true;
  });
  if (!isFirst) {
    return;
  }
  const store = new FocusStateFile(storageFolder);
  const deadlines = new Deadlines(clock);
  for (;;) {
    const nowMs = deadlines.look();
    const { failed } = await healLeftovers(
      { ...options, onlyUsed: true },
      await store.read(),
      nowMs,
      (deadlineMs) => deadlines.isOver(deadlineMs),
    );
    // What nobody can tell whose it is waits for the person, and not for a process.
    const waiting = failed.filter(({ error }) => FocusError.is(error, 'unsure'));
    const left = (await options.journal.all()).filter(
      ({ target }) => !waiting.some((one) => one.target === target),
    );
    if (left.length === 0) {
      await rm(file, { force: true });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/**
 * Deadlines are times of the wall clock, which somebody may set. So each is as long as it was when it was first seen: a clock
 * that is set lifts no block, and lengthens none. A window that runs renews what it holds by the clock as it is now.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #watch: ClockWatch;
  /** When each is over, on the watch's own time. */
  readonly #over = new Map<number, number>();
  #setForwardMs = 0;
  #renewedMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#watch = new ClockWatch(clock);
  }

  /** @returns the wall clock; as it would stand, while a window may still have to renew what it holds after it was set forwards */
  look(): number {
    const { jumpMs } = this.#watch.look();
    const { nowMs } = this.#watch;
    if (nowMs >= this.#renewedMs) {
      this.#setForwardMs = 0;
    }
    if (jumpMs > 0) {
      this.#setForwardMs += jumpMs;
      this.#renewedMs = nowMs + renewalMs;
    }
    return this.#clock.wallMs() - this.#setForwardMs;
  }

  /** Whether a deadline is over; to be asked at each look of one that stands. */
  isOver(deadlineMs: number): boolean {
    const overMs = this.#over.get(deadlineMs) ?? this.#firstSeen(deadlineMs);
    this.#over.set(deadlineMs, overMs);
    const [oldest] = this.#over.keys();
    if (this.#over.size > mostDeadlines && oldest !== undefined) {
      this.#over.delete(oldest);
    }
    return overMs <= this.#watch.nowMs;
  }

  /** One that nobody can have meant, as the clock was set back since, is over. */
  #firstSeen(deadlineMs: number): number {
    const wallMs = this.#clock.wallMs();
    const { nowMs } = this.#watch;
    return isDeadlineOver(deadlineMs, wallMs) ? nowMs : nowMs + (deadlineMs - wallMs);
  }
}

async function isWardenThere(storageFolder: string): Promise<boolean> {
  const mark = (await readIfOurs(wardenFile(storageFolder)))?.toString() ?? '';
  const pid = Number(/^(\d+) /.exec(mark)?.[1] ?? 0);
  // The number may be another process's by now; two wardens do no harm, and none would.
  return pid > 1 && mark === (await markOf(pid));
}

/** `PID START`; START is 0 where a process can't be looked at, and then its number has to do. */
async function markOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') {
      return undefined;
    }
  }
  const stat = (await readIfOurs(`/proc/${pid}/stat`).catch(() => undefined))?.toString('latin1');
  // Field 22, counted from behind the name in brackets (proc(5)).
  const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  return `${pid} ${start}`;
}

function wardenFile(storageFolder: string): string {
  return path.join(storageFolder, 'restore', 'warden');
}
