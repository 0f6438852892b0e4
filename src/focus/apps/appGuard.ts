import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { describeError, type Log } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import { AppRefusals, type RefusalFacts } from './appRefusal.ts';
import type { AppChoice } from '../session/focusState.ts';
import { foldName, isSameProcess, type ProcessEntry, type ProcessTable } from './processTable.ts';

export interface AppGuardOptions {
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: RefusalFacts;
  readonly scanMs?: number;
  /** From the warning to TERM. */
  readonly graceMs?: number;
}

/** An app of the list runs. Shown to the person; `endsInMs` where it will be ended. */
export interface AppWarning {
  readonly name: string;
  readonly endsInMs: number | undefined;
}

export const appScanMs = 3_000;
const appGraceMs = 15_000;
/** From TERM to KILL. */
const appTermMs = 3_000;
/** The same app is warned about once in this time. */
const warnAgainMs = 5 * 60_000;

interface Found {
  readonly entry: ProcessEntry;
  readonly sinceMs: number;
  askedMs: number | undefined;
}

/**
 * Looks for the listed apps while a session runs, warns, and ends those that the person opted in for: a warning,
 * then TERM, three seconds, KILL. Before each signal the process is looked at again: the same number, start and
 * user, and still nothing that must not be touched.
 */
export class AppGuard implements Disposable {
  readonly #options: AppGuardOptions;
  readonly #warned: Emitter<AppWarning>;
  readonly #ended: Emitter<string>;
  readonly #warnedMs = new Map<string, number>();
  #found = new Map<string, Found>();
  #apps: ReadonlyMap<string, AppChoice['action']> = new Map();
  #timer: Disposable | undefined;
  readonly #scanning = new SingleFlight(() => this.#scan());

  constructor(options: AppGuardOptions) {
    this.#options = options;
    this.#warned = loggingEmitter('the app guard', options.log);
    this.#ended = loggingEmitter('the app guard', options.log);
  }

  get onWarn(): Event<AppWarning> {
    return this.#warned.event;
  }

  /** An app was ended; its name. */
  get onEnd(): Event<string> {
    return this.#ended.event;
  }

  /** The apps to look for; none stops the scans. */
  setApps(apps: readonly AppChoice[]): void {
    this.#apps = new Map(apps.map(({ name, action }) => [foldName(name), action]));
    if (this.#apps.size === 0) {
      this.#timer?.dispose();
      this.#timer = undefined;
      this.#found.clear();
      this.#warnedMs.clear();
    } else if (this.#timer === undefined) {
      void this.scan();
      this.#timer = this.#options.clock.every(this.#options.scanMs ?? appScanMs, () => {
        void this.scan();
      });
    }
  }

  /** One scan; called by the timer. A scan that is still under way is not doubled. Never rejects. */
  async scan(): Promise<void> {
    try {
      await this.#scanning.join();
    } catch (error) {
      this.#options.log.error('A scan for apps failed', describeError(error));
    }
  }

  dispose(): void {
    this.setApps([]);
    this.#warned.dispose();
    this.#ended.dispose();
    this.#options.table.dispose();
  }

  async #scan(): Promise<void> {
    const table = await this.#options.table.list();
    const refusals = new AppRefusals(table, this.#options.facts);
    const listed = table.filter((entry) => this.#apps.has(foldName(entry.name)));
    const own = new Map(
      listed
        .filter((entry) => refusals.refusal(entry) === undefined)
        .map((entry) => [entry.pid, entry]),
    );
    const nowMs = this.#options.clock.monotonicMs();
    const found = new Map<string, Found>();
    for (const entry of own.values()) {
      // A program of many processes ends with its first; its children are not signalled one by one.
      const parent = own.get(entry.parentPid);
      if (parent === undefined || foldName(parent.name) !== foldName(entry.name)) {
        const key = `${entry.pid}|${entry.start}|${entry.userId}`;
        found.set(key, this.#found.get(key) ?? { entry, sinceMs: nowMs, askedMs: undefined });
      }
    }
    this.#found = found;
    for (const one of found.values()) {
      await this.#act(one, nowMs);
    }
  }

  async #act(found: Found, nowMs: number): Promise<void> {
    const name = foldName(found.entry.name);
    const isEnding = this.#apps.get(name) === 'end';
    const graceMs = this.#options.graceMs ?? appGraceMs;
    this.#warn(name, found.entry.name, isEnding ? graceMs : undefined, nowMs);
    if (!isEnding) {
      return;
    }
    if (found.askedMs === undefined) {
      if (nowMs - found.sinceMs >= graceMs && (await this.#signal(found.entry, 'ask'))) {
        found.askedMs = this.#options.clock.monotonicMs();
        this.#ended.fire(found.entry.name);
      }
    } else if (nowMs - found.askedMs >= appTermMs) {
      await this.#signal(found.entry, 'end');
    }
  }

  async #signal(entry: ProcessEntry, how: 'ask' | 'end'): Promise<boolean> {
    const { table, facts } = this.#options;
    // What was allowed at the scan may be another process, or under another parent, by now.
    const others = (await table.list()).filter(({ pid }) => pid !== entry.pid);
    const now = await table.look(entry.pid);
    if (now === undefined || !isSameProcess(entry, now) || now.name !== entry.name) {
      return false;
    }
    if (!this.#apps.has(foldName(now.name))) {
      return false;
    }
    if (new AppRefusals([...others, now], facts).refusal(now) !== undefined) {
      return false;
    }
    return table.signal(now.pid, how);
  }

  #warn(key: string, name: string, endsInMs: number | undefined, nowMs: number): void {
    const lastMs = this.#warnedMs.get(key);
    if (lastMs === undefined || nowMs - lastMs >= warnAgainMs) {
      this.#warnedMs.set(key, nowMs);
      this.#warned.fire({ name, endsInMs });
    }
  }
}
