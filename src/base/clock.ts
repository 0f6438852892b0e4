import { toDisposable, type Disposable } from './disposable.ts';

/** Where the time comes from. Everything that needs a time takes a clock, so that tests and replays can own it. */
export interface Clock {
  /** Wall-clock time, UTC milliseconds since the epoch. May jump either way. */
  wallMs(): number;
  /** Milliseconds that only ever grow, from an arbitrary start. May stand still while the machine sleeps. */
  monotonicMs(): number;
  /**
   * Milliseconds since the machine started, its sleep included, which nobody can set. May be as coarse as a second. What
   * tells sleep from a clock that was set; see `clockWatch.ts`.
   */
  uptimeMs(): number;
  /** Local time minus UTC, in minutes, at the given wall-clock time (Berlin in summer: 120). */
  zoneOffsetMinutes(atWallMs: number): number;
  /** Calls `tick` about every `periodMs`, late after sleep, until disposed. Does not keep the process alive. */
  every(periodMs: number, tick: () => void): Disposable;
}

/** Cannot tell of sleep by itself: whoever has to know gives the system's word for it by {@link clockWithUptime}. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  uptimeMs: () => performance.now(),
  zoneOffsetMinutes: (atWallMs) => -new Date(atWallMs).getTimezoneOffset(),
  every(periodMs, tick) {
    const timer = setInterval(tick, periodMs);
    timer.unref();
    return toDisposable(() => {
      clearInterval(timer);
    });
  },
};

/**
 * The system's clock, with the system's uptime. Where that can't be had, as in a sandbox, it is asked for no more.
 * @param uptimeSeconds `os.uptime`, which this room can't import
 */
export function clockWithUptime(uptimeSeconds: () => number): Clock {
  let isThere = true;
  return {
    ...systemClock,
    uptimeMs() {
      try {
        if (isThere) {
          return 1000 * uptimeSeconds();
        }
      } catch {
        isThere = false;
      }
      return systemClock.uptimeMs();
    },
  };
}
