import { EventKind } from '../../tracking/eventKind.ts';
import type { KeystrokeRing } from '../../tracking/keystrokeRing.ts';
import { RhythmTemplate } from './rhythmTemplate.ts';
import { RhythmWindow } from './rhythmWindow.ts';

/** Fewer intervals say little of who types: with 200 instead of 500, more strangers pass. */
export const signatureIntervals = 500;
/** One odd window is nothing; so many in a row are worth a word. */
export const unusualInARow = 3;

/**
 * Notices when typing does not look like somebody's usual rhythm any more. It may hint at that, and no more: it
 * unlocks nothing, locks nobody out and proves nobody's identity. Of somebody else's windows one in six passes for
 * one's own, while a new keyboard or a tired evening may not.
 *
 * Windows follow each other, each of {@link signatureIntervals} intervals, counted from the ring when
 * {@link step} is called; how often that is makes no difference as long as the ring has not forgotten.
 */
export class RhythmSignature {
  readonly #ring: KeystrokeRing;
  readonly #window = new RhythmWindow(signatureIntervals);
  readonly #template: RhythmTemplate;
  /** The windows of the run at hand: all of their intervals, and each one's distance. */
  readonly #runCounts = new Uint32Array(this.#window.counts.length);
  readonly #runDistances: number[] = [];
  /** Events of the ring that are counted. */
  #counted: number;
  #isFocused = true;
  #learned = 0;

  /** @param fromSequence the first event of the ring that may be counted; all that it holds by default */
  constructor(
    ring: KeystrokeRing,
    template: RhythmTemplate = new RhythmTemplate(),
    fromSequence: number = ring.sequence - ring.count,
  ) {
    this.#ring = ring;
    this.#template = template;
    this.#counted = fromSequence;
  }

  /** What is known of the person; grows as windows are learned. */
  get template(): RhythmTemplate {
    return this.#template;
  }

  /** Grows with everything that is learned, so that an owner knows when there is something to keep. */
  get learned(): number {
    return this.#learned;
  }

  /** Whether the last windows, several in a row, do not look like the person's. */
  get isUnusual(): boolean {
    return this.#runDistances.length >= unusualInARow;
  }

  /** Counts what is new in the ring. */
  step(): void {
    const ring = this.#ring;
    const oldest = ring.sequence - ring.count;
    for (let at = Math.max(this.#counted, oldest); at < ring.sequence; at++) {
      const index = at - oldest;
      const kind = ring.kindAt(index);
      if (kind === EventKind.blur || kind === EventKind.focus) {
        this.#isFocused = kind === EventKind.focus;
      }
      // An edit in a window that is not in front is not this person's.
      if (this.#isFocused || kind === EventKind.blur) {
        this.#window.add(ring.timeAt(index), kind, ring.insertedAt(index));
        if (this.#window.isFull) {
          this.#judge();
          this.#window.clear();
        }
      }
    }
    this.#counted = ring.sequence;
  }

  /** The person says that the unusual windows were theirs: such ones are usual from now on. */
  acknowledge(): void {
    this.#runDistances.forEach((distance) => {
      this.#template.learnDistance(distance);
    });
    this.#template.learn(this.#runCounts, this.#runDistances.length);
    this.#learned++;
    this.#endRun();
  }

  #judge(): void {
    const { counts } = this.#window;
    const template = this.#template;
    const distance = template.distanceTo(counts);
    if (template.isLearned && distance > template.limit) {
      this.#prolongRun(counts, distance);
      return;
    }
    // Odd windows between usual ones were the person's as well, and show how much they vary.
    if (!this.isUnusual) {
      this.#runDistances.forEach((own) => {
        template.learnDistance(own);
      });
    }
    this.#endRun();
    // The very first window has nothing to lie far from.
    if (template.windows > 0) {
      template.learnDistance(distance);
    }
    template.learn(counts);
    this.#learned++;
  }

  #prolongRun(counts: Uint32Array, distance: number): void {
    if (this.isUnusual) {
      // Already said; what matters from here on is only when it ends.
      return;
    }
    counts.forEach((count, bin) => {
      this.#runCounts[bin] = (this.#runCounts[bin] ?? 0) + count;
    });
    this.#runDistances.push(distance);
  }

  #endRun(): void {
    this.#runDistances.length = 0;
    this.#runCounts.fill(0);
  }
}
