import type { Clock } from './clock.ts';

/** What passed between two looks at the clock. */
export interface ClockLook {
  /** Time that really passed, sleep included. */
  readonly elapsedMs: number;
  /** How far the wall clock was set meanwhile: forwards, back (negative), or 0. */
  readonly jumpMs: number;
}

/** Between two times at which the wall clock was set, it goes evenly. */
interface Stretch {
  /** The last look before the wall clock was set, and the first after it. */
  readonly fromMs: number;
  readonly seenMs: number;
  /** Wall clock minus the watch's own time; follows the small steps by which a clock is kept right. */
  offsetMs: number;
}

/** Less than this is how coarse clocks are, how two are read one after the other, and how a clock is kept right. */
const toleranceMs = 2_000;
const mostStretches = 32;

/**
 * Tells time that passed from a wall clock that was set: the one place that knows a sleep.
 *
 * A gap of the wall clock alone says nothing. Node's monotonic clock stands still in a sleep on Linux (CLOCK_MONOTONIC)
 * and goes on in it on macOS (mach_continuous_time; libuv#2894) and Windows (QueryPerformanceCounter). The system's uptime
 * goes on in it everywhere: /proc/uptime counts suspend (proc_uptime(5)), GetTickCount64 "includes time the system spends
 * in sleep or hibernation", and kern.boottime moves with a clock that is set. So the longer of the two is what passed,
 * and what the wall clock differs from it is how far it was set.
 *
 * A virtual machine that its host stops has no clock that goes on. Its sleep looks like a clock set forwards: nothing of
 * it counts, and nothing ends.
 */
export class ClockWatch {
  readonly #clock: Clock;
  #monotonicMs: number;
  #uptimeMs: number;
  #nowMs = 0;
  readonly #stretches: [Stretch, ...Stretch[]];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#monotonicMs = clock.monotonicMs();
    this.#uptimeMs = clock.uptimeMs();
    this.#stretches = [{ fromMs: -Infinity, seenMs: -Infinity, offsetMs: clock.wallMs() }];
  }

  /** Time that has passed from the making of this watch to its last look, sleep included. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Looks at the clocks; at least every few seconds, as what happens between two looks can't be told apart. */
  look(): ClockLook {
    const monotonicMs = this.#clock.monotonicMs();
    const uptimeMs = this.#clock.uptimeMs();
    const awakeMs = Math.max(0, monotonicMs - this.#monotonicMs);
    const upMs = uptimeMs - this.#uptimeMs;
    const elapsedMs = upMs - awakeMs > toleranceMs ? upMs : awakeMs;
    this.#monotonicMs = monotonicMs;
    this.#uptimeMs = uptimeMs;
    const beforeMs = this.#nowMs;
    this.#nowMs += elapsedMs;
    const offsetMs = this.#clock.wallMs() - this.#nowMs;
    const latest = this.#latest;
    const jumpMs = offsetMs - latest.offsetMs;
    if (Math.abs(jumpMs) <= toleranceMs) {
      latest.offsetMs = offsetMs;
      return { elapsedMs, jumpMs: 0 };
    }
    this.#stretches.push({ fromMs: beforeMs, seenMs: this.#nowMs, offsetMs });
    if (this.#stretches.length > mostStretches) {
      this.#stretches.splice(1, 1);
    }
    return { elapsedMs, jumpMs };
  }

  /**
   * How long ago the wall clock showed a time, by what this watch saw of it; looks first. Of times that it showed twice
   * the later is meant. Negative for one that it has not shown yet.
   */
  ageMs(wallMs: number): number {
    this.look();
    let untilMs = this.#nowMs;
    for (const { fromMs, seenMs, offsetMs } of this.#stretches.toReversed()) {
      const atMs = wallMs - offsetMs;
      if (atMs >= fromMs - toleranceMs && atMs <= untilMs + toleranceMs) {
        return this.#nowMs - atMs;
      }
      untilMs = seenMs;
    }
    return this.#clock.wallMs() - wallMs;
  }

  /** How far the wall clock was set since it showed a time; 0 for a time to come. */
  jumpSince(wallMs: number): number {
    const ageMs = this.ageMs(wallMs);
    const jumpMs = this.#clock.wallMs() - wallMs - ageMs;
    return Math.abs(jumpMs) <= toleranceMs ? 0 : jumpMs;
  }

  get #latest(): Stretch {
    return this.#stretches.at(-1) ?? this.#stretches[0];
  }
}
