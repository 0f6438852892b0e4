import { dayAt } from '../../facts/localDay.ts';
import { Baseline } from '../../flow/baseline/baseline.ts';
import { FlowEngine, type FlowEngineOptions } from '../../flow/detection/flowEngine.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import { stepMs } from '../../flow/flowRules.ts';
import { ActivityClock } from '../../tracking/activityClock.ts';
import { EventKind } from '../../tracking/eventKind.ts';
import { HandRuns } from '../../tracking/runs/handRuns.ts';
import { KeystrokeRing } from '../../tracking/keystrokeRing.ts';
import type { ReplayEvent } from './replayEvent.ts';

/**
 * After this long without an event every state has settled (nothing is in the window, and nobody is there),
 * so no more steps are told until the next event. A gap of days costs twenty lines and not thousands.
 */
const quietAfterMs = 300_000;
/** An event this little before the one before it came late; more, and the clock was set back. */
const latenessMs = 5_000;

/**
 * A recorded stream on its way through the same judging of runs, ring, activity clock and engine as in the editor. There is
 * no editor to say whether somebody is there, so every event stands for a person, who is at the window again
 * with the first edit after a `blur`.
 *
 * Times are wall-clock and may jump. A step back of up to 5 s is a late event, taken as of the latest time;
 * after a larger one the stream goes on from there without having lost any.
 */
export class ReplayStream {
  readonly #ring = new KeystrokeRing(8_192);
  readonly #runs = new HandRuns((timeMs, kind, insertedChars, deletedChars) => {
    this.#ring.push(timeMs, kind, insertedChars, deletedChars);
  });
  readonly #baseline = new Baseline();
  readonly #engine: FlowEngine;
  readonly #activity = new ActivityClock(true, undefined);
  readonly #onStep: (wallMs: number, reading: FlowReading) => void;
  #nextStepMs = NaN;
  #latestMs = NaN;
  /** What has to be added to the wall clock for a time that never jumps back. */
  #shiftMs = 0;

  /**
   * @param onStep told every 15 s of stream time; the reading is written over by the next one
   * @param options of the engine; the baseline is the stream's own, as it follows the stream's days
   */
  constructor(
    onStep: (wallMs: number, reading: FlowReading) => void,
    options: Omit<FlowEngineOptions, 'baseline'> = {},
  ) {
    this.#onStep = onStep;
    this.#engine = new FlowEngine(this.#ring, { ...options, baseline: this.#baseline });
  }

  push(event: ReplayEvent): void {
    if (Number.isNaN(this.#latestMs)) {
      this.#latestMs = event.wallMs;
      this.#nextStepMs = event.wallMs + stepMs;
    }
    const timeMs = this.#streamTime(event.wallMs);
    this.#stepUntil(timeMs);
    this.#latestMs = timeMs;
    this.#take(timeMs, event);
  }

  /** Tells the step that the last event lies in. */
  finish(): void {
    if (!Number.isNaN(this.#nextStepMs)) {
      this.#runs.release();
      this.#step();
    }
  }

  #streamTime(wallMs: number): number {
    const timeMs = wallMs + this.#shiftMs;
    if (timeMs >= this.#latestMs) {
      return timeMs;
    }
    if (this.#latestMs - timeMs > latenessMs) {
      this.#shiftMs = this.#latestMs - wallMs;
    }
    return this.#latestMs;
  }

  #stepUntil(timeMs: number): void {
    while (this.#nextStepMs <= timeMs) {
      if (this.#nextStepMs - this.#latestMs > quietAfterMs) {
        this.#nextStepMs += (Math.floor((timeMs - this.#nextStepMs) / stepMs) + 1) * stepMs;
      } else {
        this.#step();
      }
    }
  }

  #step(): void {
    const timeMs = this.#nextStepMs;
    const wallMs = timeMs - this.#shiftMs;
    this.#runs.settle(timeMs);
    this.#baseline.rollTo(dayAt(wallMs, 0, 0));
    this.#onStep(wallMs, this.#engine.step(timeMs, this.#activity.presenceAt(timeMs)));
    this.#nextStepMs = timeMs + stepMs;
  }

  #take(timeMs: number, { kind, chars }: ReplayEvent): void {
    switch (kind) {
      case EventKind.blur:
      case EventKind.focus:
        this.#activity.focusChanged(kind === EventKind.focus, timeMs);
        this.#runs.take(timeMs, kind, 0, 0);
        return;
      case EventKind.navigate:
        this.#comeBack(timeMs);
        this.#activity.navigated(timeMs);
        this.#runs.take(timeMs, kind, 0, 0);
        return;
      case EventKind.delete:
        this.#comeBack(timeMs);
        this.#activity.edited(timeMs);
        this.#runs.take(timeMs, kind, 0, chars);
        return;
      case EventKind.insert:
      case EventKind.block:
      case EventKind.replace:
      case EventKind.undo:
      case EventKind.unknown:
      case EventKind.late:
        this.#comeBack(timeMs);
        this.#activity.edited(timeMs);
        this.#runs.take(timeMs, kind, chars, 0);
        return;
    }
  }

  #comeBack(timeMs: number): void {
    if (!this.#activity.isFocused) {
      this.#activity.focusChanged(true, timeMs);
      this.#runs.take(timeMs, EventKind.focus, 0, 0);
    }
  }
}
