import type { Presence } from '../facts/presence.ts';

/** How long a touch of keyboard or mouse speaks for a person; VS Code's own `active` falls after 40-70 s. */
const activeAfterTouchMs = 60_000;
/** What has just been opened is told of after a moment. */
const untoldAfterMs = 4_000;
/** Scrolling keeps a reader present this long after their last touch; a log that scrolls alone does not go on. */
const scrollingAfterTouchMs = 5 * 60_000;

/**
 * Gathers what tells whether a person is there. Times are on the ring's clock.
 *
 * Nothing counts without a person. The editor's own signal, where there is one, tells of keyboard and mouse; an edit does
 * not, as an extension or a task can edit for hours on its own. VS Code raises the signal with the key that is pressed,
 * before anything comes of it, and tells so on the same line as of the edit: whoever comes back is there at their first
 * key. Where it is not told (dictation, a picker of emoji, a port of VS Code that has no such signal), a caret that a key moved
 * or a mouse is as good.
 */
export class ActivityClock {
  #focused: boolean;
  #signal: boolean | undefined;
  /** The signal is from before a sleep, and nobody has touched anything since. */
  #isStale = false;
  #paused = false;
  /** Since when edits of what is in front are not told. */
  #untoldSinceMs: number | undefined;
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

  /** Something was edited. By whom is not known; without a signal every edit stands for a person. */
  edited(timeMs: number): void {
    if (this.#signal === undefined) {
      this.#touched(timeMs);
    }
  }

  /** Keyboard or mouse moved a selection: certainly a person. */
  navigated(timeMs: number): void {
    this.#touched(timeMs);
  }

  scrolled(timeMs: number): void {
    if (this.#isInUse || timeMs - this.#lastTouchMs < scrollingAfterTouchMs) {
      this.#lastScrollMs = timeMs;
    }
  }

  focusChanged(focused: boolean, timeMs: number): void {
    this.#focused = focused;
    if (focused) {
      this.#touched(timeMs);
    }
  }

  signalChanged(signal: boolean | undefined, timeMs: number): void {
    if (signal === true) {
      this.#touched(timeMs);
    } else if (this.#isInUse) {
      // It falls this long after the last touch.
      this.#lastTouchMs = Math.max(this.#lastTouchMs, timeMs - activeAfterTouchMs);
    }
    this.#signal = signal;
  }

  pausedChanged(paused: boolean): void {
    this.#paused = paused;
  }

  /** What is in front was looked at: whether it is a document of which the editor does not tell edits. */
  frontSeen(isUntold: boolean, timeMs: number): void {
    this.#untoldSinceMs = isUntold ? (this.#untoldSinceMs ?? timeMs) : undefined;
  }

  /** After sleep nobody is there until they touch something, whatever the signal still says. */
  forgetTouch(): void {
    this.#lastTouchMs = this.#lastScrollMs = -Infinity;
    this.#isStale = true;
  }

  /** Whether what is edited now can be somebody's work. */
  canEdit(nowMs: number): boolean {
    return !this.#paused && this.#focused && (this.#signal === undefined || this.#isActive(nowMs));
  }

  presenceAt(nowMs: number): Presence {
    return {
      focused: this.#focused,
      active: this.#focused && this.#isActive(nowMs),
      paused: this.#paused,
      ...(this.#untoldSinceMs !== undefined &&
        nowMs - this.#untoldSinceMs >= untoldAfterMs && { untold: true as const }),
    };
  }

  #touched(timeMs: number): void {
    this.#lastTouchMs = timeMs;
    this.#isStale = false;
  }

  get #isInUse(): boolean {
    return this.#signal === true && !this.#isStale;
  }

  #isActive(nowMs: number): boolean {
    const sinceTouchMs = nowMs - Math.max(this.#lastTouchMs, this.#lastScrollMs);
    return this.#isInUse || sinceTouchMs < activeAfterTouchMs;
  }
}
