import type { Clock } from '../base/clock.ts';
import { describeError, type Log } from '../base/log.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import { FocusError } from './focusError.ts';
import type { AppGuard } from './apps/appGuard.ts';
import type { FocusSessions } from './session/focusSessions.ts';
import { isServer, type BlockMethod } from './sites/blockWayFacts.ts';
import type { SiteBlock, SiteBlocker } from './sites/siteBlocker.ts';
import type { Undoing } from './undoing.ts';

export interface BlockEnforcerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly sessions: FocusSessions;
  readonly blockers: () => readonly SiteBlocker[];
  readonly guard: AppGuard | undefined;
  readonly undoing: Pick<Undoing, 'journal' | 'machineBlockers'>;
  /** Starts the process that undoes blocks when no editor does. */
  readonly startWarden: () => Promise<void>;
  /** A way of blocking failed, or works again (`undefined`). Told once each. */
  readonly onProblem: (method: BlockMethod, error: unknown) => void;
}

/** A deadline that moves less than this is not worth a write. */
const deadlineTolerance = 5_000;
/** How often it is looked whether something of the machine is changed and nobody watches over it. */
const wardenMs = 60_000;
/** What waits for the person is tried again this often. */
const retryMs = 30_000;

/**
 * Brings the ways of blocking to what the shared state asks for, in this window's part: every window tells its
 * own server, the one that drives writes the hosts file and looks at programs. Called often; acts on change.
 */
export class BlockEnforcer {
  readonly #options: BlockEnforcerOptions;
  readonly #applied = new Map<BlockMethod, SiteBlock>();
  readonly #failing = new Set<BlockMethod>();
  /** When a way that could not be released is to be tried again, by the monotonic clock. */
  readonly #retryMs = new Map<BlockMethod, number>();
  /** Ways whose remains wait for the person; nobody need watch over those. */
  readonly #unsure = new Set<BlockMethod>();
  readonly #looking = new SingleFlight(() => this.#look());
  #wardenMs = -Infinity;

  constructor(options: BlockEnforcerOptions) {
    this.#options = options;
  }

  /** Ways of blocking in which this window holds something off. */
  get active(): readonly BlockMethod[] {
    return [...this.#applied.keys()];
  }

  /** Looks at the state and acts; while a look is under way another one waits for it. */
  look(): Promise<void> {
    return this.#looking.runAfresh();
  }

  async #look(): Promise<void> {
    const { sessions, blockers, guard } = this.#options;
    const { block: wanted, drives } = sessions;
    for (const blocker of blockers()) {
      if (wanted?.methods.includes(blocker.method) === true && wanted.sites.length > 0) {
        if (isServer(blocker.method) || drives) {
          await this.#block(blocker, { sites: wanted.sites, deadlineMs: wanted.deadlineMs });
        }
      } else {
        await this.#release(blocker);
      }
    }
    guard?.setApps(wanted !== undefined && drives ? wanted.apps : []);
    await this.#ensureWarden();
  }

  async #block(blocker: SiteBlocker, block: SiteBlock): Promise<void> {
    const before = this.#applied.get(blocker.method);
    if (
      before?.sites.join() === block.sites.join() &&
      Math.abs(before.deadlineMs - block.deadlineMs) < deadlineTolerance
    ) {
      return;
    }
    this.#retryMs.delete(blocker.method);
    await this.#attempt(blocker.method, async () => {
      await blocker.block(block);
      this.#applied.set(blocker.method, block);
      this.#unsure.delete(blocker.method);
      this.#wardenMs = -Infinity;
      return blocker.doubt?.(block);
    });
  }

  /** The machine may hold the block of a window that is gone, so it is asked, and the journal, not only our memory. */
  async #release(blocker: SiteBlocker): Promise<void> {
    const { method } = blocker;
    if (this.#options.clock.monotonicMs() < (this.#retryMs.get(method) ?? -Infinity)) {
      return;
    }
    const isOurs = this.#applied.has(method);
    const isLeft = !isOurs && (await this.#isLeft(method));
    if (isOurs || isLeft) {
      await this.#attempt(method, async () => {
        try {
          await blocker.release();
        } catch (error) {
          this.#noteUnreleased(method, error);
          throw error;
        }
        this.#applied.delete(method);
        this.#unsure.delete(method);
        return undefined;
      });
    }
  }

  /** What waits for the person need not be tried every second, and what nobody can tell whose it is, not be watched over. */
  #noteUnreleased(method: BlockMethod, error: unknown): void {
    const isUnsure = FocusError.is(error, 'unsure');
    if (isUnsure) {
      // Ours is gone; the journal tells that something is left to ask about.
      this.#applied.delete(method);
      this.#unsure.add(method);
    }
    if (isUnsure || FocusError.is(error, 'damagedSection') || FocusError.is(error, 'helperOld')) {
      this.#retryMs.set(method, this.#options.clock.monotonicMs() + retryMs);
    }
  }

  async #isLeft(method: BlockMethod): Promise<boolean> {
    const { journal, machineBlockers } = this.#options.undoing;
    const blocker = machineBlockers.find(({ way }) => way === method);
    return (
      blocker !== undefined &&
      ((await journal.read(blocker.kind)) !== undefined || (await blocker.isLeft?.()) === true)
    );
  }

  /** @param work may return what is told of it though it was done */
  async #attempt(method: BlockMethod, work: () => Promise<FocusError | undefined>): Promise<void> {
    let told: unknown;
    try {
      told = await work();
    } catch (error) {
      told = error;
    }
    if (told === undefined) {
      if (this.#failing.delete(method)) {
        this.#options.onProblem(method, undefined);
      }
    } else if (!this.#failing.has(method)) {
      this.#failing.add(method);
      this.#options.log.error('A way of blocking failed', { method, ...describeError(told) });
      this.#options.onProblem(method, told);
    }
  }

  async #ensureWarden(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#wardenMs >= wardenMs) {
      this.#wardenMs = nowMs;
      const { journal, machineBlockers } = this.#options.undoing;
      const waiting = machineBlockers.filter(({ way }) => this.#unsure.has(way));
      const left = (await journal.all()).filter(
        ({ target }) => !waiting.some(({ kind }) => kind.target === target),
      );
      if (left.length > 0) {
        await this.#options.startWarden();
      }
    }
  }
}
