import type { RawFeatures } from '../../facts/minuteSample.ts';
import { EventKind } from '../../tracking/eventKind.ts';
import {
  assistedShare,
  consistencySteps,
  editsNeeded,
  engagedAfterEditMs,
  engagedNeededMs,
  intervalsNeeded,
  longestRhythmMs,
  mostCorrectedChars,
  mostOfOneBlock,
  shortestRhythmMs,
  spellGapMs,
  stepMs,
  windowSteps,
} from '../flowRules.ts';
import { IntervalHistogram } from './intervalHistogram.ts';
import { keptSteps, rows, StepCounts } from './stepCounts.ts';

/** Each time the window lost the focus costs a quarter of the engaged fraction. */
const blurCost = 0.3;
const binSteps = 2;
const bins = consistencySteps / binSteps;
/** Half of a bin engaged is enough for full consistency. */
const fullBinFraction = 0.5;
const sdFloor = 0.05;

/** A window's content in plain numbers. It holds no times of keys, only counts by step. */
export interface SavedWindow {
  readonly counts: readonly (readonly number[])[];
  readonly intervals: readonly (readonly number[])[];
  /** From the last edit, and from the first of its spell, to the end of the step at hand; `null` without one. */
  readonly lastEditAgeMs: number | null;
  readonly spellAgeMs: number | null;
  /** Steps that have ended since the window began to watch, as far as features look back. */
  readonly watchedSteps: number;
}

/**
 * The last five minutes of a stream, counted by steps of 15 s: adding an event and ending a step cost the
 * same however much was typed, and allocate nothing but the features.
 *
 * The stream is what changes the text, without undo and redo: those repeat what was done. Events must come
 * in the order of their times.
 */
export class FeatureWindow {
  readonly #counts = new StepCounts();
  readonly #intervals = new IntervalHistogram();
  /** When the step at hand ends. */
  #stepEndMs: number;
  #lastEditMs = -Infinity;
  #spellStartMs = -Infinity;
  #watchedSteps = 0;

  /** @param startMs when the first step begins; steps follow each other from there for good */
  constructor(startMs: number) {
    this.#stepEndMs = startMs + stepMs;
  }

  get stepEndMs(): number {
    return this.#stepEndMs;
  }

  /** The latest edit, or `-Infinity`. */
  get lastEditMs(): number {
    return this.#lastEditMs;
  }

  /** The first edit after the latest pause of three minutes, or `-Infinity`. */
  get spellStartMs(): number {
    return this.#spellStartMs;
  }

  get edits(): number {
    return this.#counts.sum(rows.edits);
  }

  get typedChars(): number {
    return Math.max(0, this.#counts.sum(rows.typedChars));
  }

  get blockChars(): number {
    return this.#counts.sum(rows.blockChars);
  }

  get unknownChars(): number {
    return this.#counts.sum(rows.unknownChars);
  }

  get navigations(): number {
    return this.#counts.sum(rows.navigations);
  }

  get blurs(): number {
    return this.#counts.sum(rows.blurs);
  }

  /**
   * Whether more than half of the characters that came in were typed by no key: they came in blocks, or without a
   * sign of one. The largest block counts with a few lines at most: one paste, however long, does not make a stretch
   * of typing an assistant's.
   */
  get isAssisted(): boolean {
    let largest = 0;
    for (let age = 1; age <= windowSteps; age++) {
      largest = Math.max(largest, this.#counts.at(age, rows.largestBlock));
    }
    const blockChars = this.blockChars - largest + Math.min(largest, mostOfOneBlock);
    const otherChars = blockChars + this.unknownChars;
    return otherChars > assistedShare * (otherChars + this.typedChars);
  }

  /** Takes an event of the step at hand: its time is before {@link stepEndMs}. */
  add(timeMs: number, kind: EventKind, insertedChars: number, deletedChars: number): void {
    switch (kind) {
      case EventKind.insert:
        // What an input method turns into fewer characters takes back some that were counted.
        this.#counts.add(rows.typedChars, insertedChars - deletedChars);
        this.#counts.add(rows.netChars, insertedChars - deletedChars);
        break;
      case EventKind.replace:
        // One key that wrote over a selection was typed; a word put right may be.
        this.#counts.add(insertedChars === 1 ? rows.typedChars : rows.unknownChars, insertedChars);
        break;
      case EventKind.unknown:
        // No sign of a key: nothing of this speaks for a person who types.
        this.#counts.add(rows.unknownChars, insertedChars);
        return;
      case EventKind.late:
        // Typed, but nobody knows how fast; and the wait before the batch was the editor's.
        this.#counts.add(rows.typedChars, insertedChars);
        if (insertedChars > 0) {
          this.#intervals.retract();
        }
        return;
      case EventKind.block:
        this.#counts.add(rows.blockChars, insertedChars);
        this.#counts.raise(rows.largestBlock, insertedChars);
        break;
      case EventKind.delete:
        this.#counts.add(rows.deletes, 1);
        this.#counts.add(rows.netChars, -Math.min(mostCorrectedChars, Math.max(1, deletedChars)));
        break;
      case EventKind.navigate:
        this.#counts.add(rows.navigations, 1);
        return;
      case EventKind.blur:
        this.#counts.add(rows.blurs, 1);
        return;
      case EventKind.undo:
      case EventKind.focus:
        return;
    }
    this.#counts.add(rows.edits, 1);
    this.#engage(timeMs);
    this.#measureInterval(timeMs);
    if (timeMs - this.#lastEditMs >= spellGapMs) {
      this.#spellStartMs = timeMs;
    }
    this.#lastEditMs = timeMs;
  }

  /** Ends the step at hand and begins the next one. */
  endStep(): void {
    this.#counts.advance();
    this.#intervals.advance();
    // Engagement reaches past the edit, and so into the step that begins.
    const restMs = this.#lastEditMs + engagedAfterEditMs - this.#stepEndMs;
    this.#counts.add(rows.engagedMs, Math.max(0, restMs));
    this.#stepEndMs += stepMs;
    this.#watchedSteps = Math.min(consistencySteps, this.#watchedSteps + 1);
  }

  /** Passes many steps in which nothing happened, at once. */
  skipTo(timeMs: number): void {
    const steps = Math.floor((timeMs - this.#stepEndMs) / stepMs) + 1;
    if (steps > keptSteps) {
      this.#stepEndMs += (steps - keptSteps) * stepMs;
      this.#wipe();
      this.#watchedSteps = consistencySteps;
    }
  }

  /** Forgets everything but where the steps begin. */
  clear(): void {
    this.#wipe();
    this.#lastEditMs = this.#spellStartMs = -Infinity;
    this.#watchedSteps = 0;
  }

  /**
   * The features over the steps that have ended; one is unknown while what it looks back on was not watched, or has too
   * little in it. Watched time without an edit is known not to be engaged: a good start after a break becomes
   * consistent only by going on.
   */
  features(): RawFeatures {
    const edits = this.edits;
    const engagedMs = this.#counts.sum(rows.engagedMs);
    const engagedFraction = engagedMs / (windowSteps * stepMs);
    const netChars = Math.max(0, this.#counts.sum(rows.netChars));
    return {
      rhythm: this.#intervals.count >= intervalsNeeded ? this.#intervals.spread() : undefined,
      focus: engagedFraction * Math.exp(-blurCost * this.blurs),
      consistency: this.#watchedSteps >= consistencySteps ? this.#consistency() : undefined,
      error: edits >= editsNeeded ? this.#counts.sum(rows.deletes) / edits : undefined,
      velocity:
        engagedMs >= engagedNeededMs ? Math.log(1 + (60_000 * netChars) / engagedMs) : undefined,
    };
  }

  save(): SavedWindow {
    const ageOf = (timeMs: number): number | null =>
      timeMs === -Infinity ? null : this.#stepEndMs - timeMs;
    return {
      counts: this.#counts.save(),
      intervals: this.#intervals.save(),
      lastEditAgeMs: ageOf(this.#lastEditMs),
      spellAgeMs: ageOf(this.#spellStartMs),
      watchedSteps: this.#watchedSteps,
    };
  }

  /** Takes what {@link save} gave, with the end of the step at hand in this stream's time. */
  restore(saved: SavedWindow, stepEndMs: number): void {
    this.clear();
    this.#stepEndMs = stepEndMs;
    this.#counts.restore(saved.counts);
    this.#intervals.restore(saved.intervals);
    const timeOf = (ageMs: number | null): number =>
      ageMs === null ? -Infinity : stepEndMs - ageMs;
    this.#lastEditMs = timeOf(saved.lastEditAgeMs);
    this.#spellStartMs = timeOf(saved.spellAgeMs);
    this.#watchedSteps = saved.watchedSteps;
  }

  #consistency(): number {
    let sum = 0;
    let squares = 0;
    for (let bin = 0; bin < bins; bin++) {
      const age = 1 + bin * binSteps;
      const engagedMs =
        this.#counts.at(age, rows.engagedMs) + this.#counts.at(age + 1, rows.engagedMs);
      const fraction = engagedMs / (binSteps * stepMs);
      sum += fraction;
      squares += fraction * fraction;
    }
    const mean = sum / bins;
    const sd = Math.sqrt(Math.max(0, squares / bins - mean * mean));
    return (1 - Math.min(1, sd / (mean + sdFloor))) * Math.min(1, mean / fullBinFraction);
  }

  #engage(timeMs: number): void {
    const untilMs = Math.min(timeMs + engagedAfterEditMs, this.#stepEndMs);
    const fromMs = Math.max(timeMs, this.#lastEditMs + engagedAfterEditMs);
    this.#counts.add(rows.engagedMs, Math.max(0, untilMs - fromMs));
  }

  #measureInterval(timeMs: number): void {
    const intervalMs = timeMs - this.#lastEditMs;
    if (intervalMs < shortestRhythmMs) {
      // A batch: neither these times nor the wait before it came from a hand.
      this.#intervals.retract();
    } else if (intervalMs < longestRhythmMs) {
      this.#intervals.add(intervalMs);
    }
  }

  #wipe(): void {
    this.#counts.clear();
    this.#intervals.clear();
  }
}
