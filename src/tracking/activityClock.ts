import type { Presence } from '../facts/presence.ts';

/** How long a touch of keyboard or mouse speaks for a person; VS Code's own `active` falls after 40-70 s. */
const activeAfterTouchMs = 60_000;
/** Scrolling keeps a reader present this long after their last touch; a log that scrolls alone does not go on. */
const scrollingAfterTouchMs = 5 * 60_000;

/**
 * Gathers what tells whether a person is there. Times are on the ring's clock.
 *
 * Nothing counts without a person: an edit speaks for one only while the editor itself says that keyboard or
 * mouse are in use, as an extension or a task can edit for hours on its own.
 */
export class ActivityClock {
  #focused: boolean;
  #signal: boolean | undefined;
  #paused = false;
  #lastTouchMs = -Infinity;
  #lastScrollMs = -Infinity;

  /**
   * @param focused the window's focus at the start; no first event tells it
   * @param signal the editor's word for keyboard or mouse use, or `undefined` where there is none (replay)
   */
  constructor(focused: boolean, signal: boolean | undefined) {
    this.#focused = focused;
    this.#signal = signal;
  }

  get isFocused(): boolean {
    return this.#focused;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  edited(timeMs: number): void {
    if (this.#signal !== false) {
      this.#lastTouchMs = timeMs;
    }
  }

  /** A selection moved by keyboard or mouse: certainly a person. */
  navigated(timeMs: number): void {
    this.#lastTouchMs = timeMs;
  }

  scrolled(timeMs: number): void {
    if (timeMs - this.#lastTouchMs < scrollingAfterTouchMs) {
      this.#lastScrollMs = timeMs;
    }
  }

  focusChanged(focused: boolean, timeMs: number): void {
    this.#focused = focused;
    if (focused) {
      this.#lastTouchMs = timeMs;
    }
  }

  signalChanged(signal: boolean, timeMs: number): void {
    this.#signal = signal;
    if (signal) {
      this.#lastTouchMs = timeMs;
    }
  }

  pausedChanged(paused: boolean): void {
    this.#paused = paused;
  }

  /** After sleep nobody is there until they touch something. */
  forgetTouch(): void {
    this.#lastTouchMs = this.#lastScrollMs = -Infinity;
  }

  presenceAt(nowMs: number): Presence {
    const sinceTouchMs = nowMs - Math.max(this.#lastTouchMs, this.#lastScrollMs);
    return {
      focused: this.#focused,
      active: this.#focused && (this.#signal === true || sinceTouchMs < activeAfterTouchMs),
      paused: this.#paused,
    };
  }
}
