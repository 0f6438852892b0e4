import { flowStates, type FlowState } from '../facts/flow.ts';
import type { MinuteSample, RawFeatures } from '../facts/minuteSample.ts';
import { EventKind } from './eventKind.ts';

/** What the recorder keeps of a scoring step. */
export interface ScoredStep {
  readonly state: FlowState;
  readonly score: number | undefined;
  readonly confidence: number;
  readonly raw: RawFeatures | undefined;
}

const minuteMs = 60_000;
/** A part of a minute this short holds nothing worth keeping. */
const leastMs = 500;

/** Sums up one wall-clock minute at a time. Time that no person was there for is never added. */
export class MinuteRecorder {
  #minute: number | undefined;
  readonly #stateMs = new Float64Array(flowStates.length);
  #scoreSum = 0;
  #confidenceSum = 0;
  #scoredMs = 0;
  #raw: RawFeatures | undefined;
  #insertedChars = 0;
  #deletes = 0;
  #blockChars = 0;
  #undos = 0;
  #navigations = 0;
  #blurs = 0;

  /**
   * Counts an event into the minute at hand.
   * @param deletedChars of an `insert`: characters counted before that are not in the text any more
   */
  count(kind: EventKind, insertedChars: number, deletedChars = 0): void {
    switch (kind) {
      case EventKind.insert:
        this.#insertedChars += insertedChars - deletedChars;
        break;
      case EventKind.replace:
        this.#insertedChars += insertedChars;
        break;
      case EventKind.late:
        this.#insertedChars += insertedChars;
        this.#deletes += insertedChars === 0 ? 1 : 0;
        break;
      case EventKind.delete:
        this.#deletes++;
        break;
      case EventKind.block:
        this.#blockChars += insertedChars;
        break;
      case EventKind.undo:
        this.#undos++;
        break;
      case EventKind.navigate:
        this.#navigations++;
        break;
      case EventKind.blur:
        this.#blurs++;
        break;
      case EventKind.focus:
      case EventKind.unknown:
        // Whether an unknown edit was typed can't be told, so it is told neither as typed nor as a block.
        break;
    }
  }

  /** Takes back the characters of an event that was counted, as {@link count} is told of it once more. */
  uncountChars(kind: EventKind, insertedChars: number, deletedChars: number): void {
    if (kind === EventKind.block) {
      this.#blockChars -= insertedChars;
    } else if (kind === EventKind.insert) {
      this.#insertedChars -= insertedChars - deletedChars;
    } else if (kind === EventKind.replace) {
      this.#insertedChars -= insertedChars;
    }
  }

  /**
   * Adds a stretch of counted time, in the state that held during it, and hands on every minute that it
   * completes.
   * @param fromMs and `toMs` wall-clock
   */
  addTime(
    fromMs: number,
    toMs: number,
    step: ScoredStep,
    completed: (sample: MinuteSample) => void,
  ): void {
    let atMs = fromMs;
    while (atMs < toMs) {
      const minute = Math.floor(atMs / minuteMs);
      if (this.#minute !== undefined && this.#minute !== minute) {
        this.#leaveMinute(completed);
      }
      this.#minute = minute;
      const untilMs = Math.min(toMs, (minute + 1) * minuteMs);
      this.#add(untilMs - atMs, step);
      atMs = untilMs;
    }
  }

  /** Hands on the minute at hand when the clock has left it. */
  close(wallMs: number, completed: (sample: MinuteSample) => void): void {
    if (this.#minute !== undefined && Math.floor(wallMs / minuteMs) !== this.#minute) {
      this.#leaveMinute(completed);
    }
  }

  /** Hands on what there is of the minute at hand, whole or not. */
  flush(completed: (sample: MinuteSample) => void): void {
    const minute = this.#minute;
    const totalMs = this.#countedMs();
    if (minute !== undefined && totalMs >= leastMs) {
      completed({
        minute,
        state: this.#longestState(),
        score: this.#scoredMs > 0 ? this.#scoreSum / this.#scoredMs : undefined,
        confidence: this.#scoredMs > 0 ? this.#confidenceSum / this.#scoredMs : 0,
        seconds: Math.min(60, Math.round(totalMs / 1000)),
        // What an input method began in the minute before may have become shorter in this one.
        insertedChars: Math.max(0, this.#insertedChars),
        deletes: this.#deletes,
        blockChars: Math.max(0, this.#blockChars),
        undos: this.#undos,
        navigations: this.#navigations,
        blurs: this.#blurs,
        raw: this.#raw,
      });
    }
    this.clear();
  }

  /** Forgets the minute at hand. */
  clear(): void {
    this.#forgetTime();
    this.#insertedChars = this.#deletes = this.#blockChars = 0;
    this.#undos = this.#navigations = this.#blurs = 0;
  }

  /** What was counted in the last moments of a minute, too short to be kept, stands in the next one. */
  #leaveMinute(completed: (sample: MinuteSample) => void): void {
    if (this.#countedMs() >= leastMs) {
      this.flush(completed);
    } else {
      this.#forgetTime();
    }
  }

  #forgetTime(): void {
    this.#minute = undefined;
    this.#stateMs.fill(0);
    this.#scoreSum = this.#confidenceSum = this.#scoredMs = 0;
    this.#raw = undefined;
  }

  #countedMs(): number {
    let countedMs = 0;
    for (const stateMs of this.#stateMs) {
      countedMs += stateMs;
    }
    return countedMs;
  }

  #longestState(): FlowState {
    return flowStates[this.#stateMs.indexOf(Math.max(...this.#stateMs))] ?? 'unknown';
  }

  #add(durationMs: number, step: ScoredStep): void {
    const state = flowStates.indexOf(step.state);
    this.#stateMs[state] = (this.#stateMs[state] ?? 0) + durationMs;
    if (step.score !== undefined) {
      this.#scoreSum += step.score * durationMs;
      this.#confidenceSum += step.confidence * durationMs;
      this.#scoredMs += durationMs;
    }
    this.#raw = step.raw ?? this.#raw;
  }
}
