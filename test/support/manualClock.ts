import type { Clock } from '../../src/base/clock.ts';
import { toDisposable, type Disposable } from '../../src/base/disposable.ts';

interface Timer {
  readonly periodMs: number;
  readonly tick: () => void;
  nextMs: number;
}

/** A clock that stands still until a test moves it. Timers run in order while it moves. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 1_000;
  #uptimeMs = 500_000;
  #zoneOffsetMinutes: number;
  readonly #timers = new Set<Timer>();

  constructor(wallMs: number, zoneOffsetMinutes = 0) {
    this.#wallMs = wallMs;
    this.#zoneOffsetMinutes = zoneOffsetMinutes;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  uptimeMs(): number {
    return this.#uptimeMs;
  }

  zoneOffsetMinutes(): number {
    return this.#zoneOffsetMinutes;
  }

  every(periodMs: number, tick: () => void): Disposable {
    const timer = { periodMs, tick, nextMs: this.#monotonicMs + periodMs };
    this.#timers.add(timer);
    return toDisposable(() => this.#timers.delete(timer));
  }

  /** Both clocks go on, and every timer that is due runs at its time. */
  advance(durationMs: number): void {
    const endMs = this.#monotonicMs + durationMs;
    for (;;) {
      const due = [...this.#timers]
        .filter((timer) => timer.nextMs <= endMs)
        .sort((one, other) => one.nextMs - other.nextMs)[0];
      if (due === undefined) {
        break;
      }
      this.#moveTo(due.nextMs);
      due.nextMs += due.periodMs;
      due.tick();
    }
    this.#moveTo(endMs);
  }

  /**
   * The machine sleeps: the wall clock and its uptime go on, timers do not.
   * @param monotonicGoesOn as on macOS and Windows; on Linux the monotonic clock stands still
   */
  sleep(durationMs: number, monotonicGoesOn = false): void {
    this.#wallMs += durationMs;
    this.#uptimeMs += durationMs;
    if (monotonicGoesOn) {
      this.#monotonicMs += durationMs;
      for (const timer of this.#timers) {
        // Each is late once, as an interval's next time is reckoned from when it ran.
        timer.nextMs = Math.max(timer.nextMs, this.#monotonicMs);
      }
    }
  }

  /** Somebody sets the wall clock, forwards or back. */
  setWall(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  setZone(zoneOffsetMinutes: number): void {
    this.#zoneOffsetMinutes = zoneOffsetMinutes;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#uptimeMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
