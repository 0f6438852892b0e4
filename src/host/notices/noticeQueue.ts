import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { runDetached, type Log } from '../../base/log.ts';

/** Why notices wait: the person is in flow, or asked that nothing comes meanwhile. */
export type HoldReason = 'flow' | 'protection';

/**
 * How long a notice has the screen to itself. VS Code puts one away that nobody answers, without telling; the
 * next need not wait for that answer.
 */
const turnMs = 30_000;

/** A notice that waits for its turn. */
interface WaitingNotice {
  readonly present: () => Promise<unknown>;
  readonly isStillDue: () => boolean;
}

/** Shows notices one at a time, and none while there is a reason to hold them. */
export class NoticeQueue implements Disposable {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting = new Map<string, WaitingNotice>();
  readonly #holds = new Set<HoldReason>();
  readonly #timer: Disposable;
  #current: { readonly sinceMs: number } | undefined;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#timer = clock.every(turnMs / 3, () => {
      this.#next();
    });
  }

  /**
   * Shows a notice as soon as it may be shown; a later one of the same key takes the place of one that waits.
   * @param present resolves when the person has answered it
   * @param isStillDue asked when its turn comes; where the moment has passed it is dropped
   */
  offer(
    key: string,
    present: () => Promise<unknown>,
    isStillDue: () => boolean = () => true,
  ): void {
    this.#waiting.set(key, { present, isStillDue });
    this.#next();
  }

  /** What it was about is over: it need not be shown any more. @returns whether it still waited, unseen */
  remove(key: string): boolean {
    return this.#waiting.delete(key);
  }

  /** Begins or ends a hold. What waits when the last one ends is shown, one after the other. */
  hold(reason: HoldReason, isHeld: boolean): void {
    if (isHeld) {
      this.#holds.add(reason);
    } else {
      this.#holds.delete(reason);
    }
    this.#next();
  }

  /** Drops what waits. */
  dispose(): void {
    this.#timer.dispose();
    this.#waiting.clear();
  }

  #next(): void {
    const nowMs = this.#clock.monotonicMs();
    const isTaken = this.#current !== undefined && nowMs - this.#current.sinceMs < turnMs;
    if (isTaken || this.#holds.size > 0) {
      return;
    }
    const present = this.#takeFirstDue();
    if (present === undefined) {
      return;
    }
    const turn = { sinceMs: nowMs };
    this.#current = turn;
    runDetached(
      this.#log,
      'A notice',
      present().finally(() => {
        if (this.#current === turn) {
          this.#current = undefined;
          this.#next();
        }
      }),
    );
  }

  /** Takes from the queue up to the first that is still worth showing. */
  #takeFirstDue(): (() => Promise<unknown>) | undefined {
    for (const [key, { present, isStillDue }] of this.#waiting) {
      this.#waiting.delete(key);
      if (isStillDue()) {
        return present;
      }
    }
    return undefined;
  }
}
