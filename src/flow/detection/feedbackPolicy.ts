import type { FlowState } from '../../facts/flow.ts';
import type { DayNumber } from '../../facts/localDay.ts';
import type { UsualScore } from '../flowReading.ts';

/** When it is right to ask how absorbed somebody was. Times are wall-clock. */
export const feedbackRules = {
  /** A natural break: hands off for this long, but not gone yet. */
  leastIdleMs: 20_000,
  mostIdleMs: 45_000,
  /** After a high stretch the score takes longer to fall, and only then may be asked. */
  mostIdleAfterHighMs: 180_000,
  /** What is asked about: the last ten minutes, of which at least half have a score. */
  stretchMs: 600_000,
  leastScoredMs: 300_000,
  /** Between two questions. */
  apartMs: 45 * 60_000,
  /** Questions a day: each day's limit is drawn between these. */
  leastPerDay: 3,
  mostPerDay: 5,
  /** One in four comes at a random time, as breaks alone would leave out what has no breaks. */
  randomShare: 0.25,
  mostRandomDelayMs: 120 * 60_000,
  /** Dismissed so many times in a row, the questions end until they are turned on again. */
  mostDismissals: 3,
} as const;

/** How a stretch's mean score compares with what is usual; each should be asked about equally often. */
const scoreStrata = ['low', 'middle', 'high'] as const;
export type ScoreStratum = (typeof scoreStrata)[number];

/** What the policy remembers; plain, so that it can be stored. */
export interface FeedbackMemory {
  readonly isOn: boolean;
  readonly lastAskedMs: number | null;
  readonly day: DayNumber | null;
  readonly askedToday: number;
  readonly limitToday: number;
  readonly dismissalsInARow: number;
  readonly asked: Readonly<Record<ScoreStratum, number>>;
  /** When the next question comes at random, or `null` where it waits for a break. */
  readonly randomAtMs: number | null;
}

/** What is seen at a scoring step. */
export interface FeedbackMoment {
  readonly wallMs: number;
  readonly day: DayNumber;
  readonly state: FlowState;
  readonly score: number | undefined;
  readonly usual: UsualScore;
  readonly sinceLastEditMs: number | undefined;
  /** Somebody is at the window. */
  readonly isHere: boolean;
}

interface Scored {
  readonly wallMs: number;
  readonly score: number;
}

const longestStepMs = 20_000;

/**
 * Decides when to ask. Pure: it is told each scoring step and what became of a question, and says whether
 * to ask now; it shows nothing and reads no clock.
 *
 * Never in flow or above the usual range, never more than five times a day, never within 45 minutes; and no
 * longer once three questions in a row were dismissed.
 */
export class FeedbackPolicy {
  readonly #random: () => number;
  #memory: FeedbackMemory;
  #stretch: Scored[] = [];

  /** @param random from 0 to below 1 */
  constructor(random: () => number, memory: FeedbackMemory = newMemory(false)) {
    this.#random = random;
    this.#memory = memory;
  }

  /** What to store. */
  get memory(): FeedbackMemory {
    return this.#memory;
  }

  /** Turns the questions on or off. Turning on forgives dismissals. */
  setOn(isOn: boolean): void {
    this.#memory = { ...this.#memory, isOn, dismissalsInARow: 0 };
  }

  /** @returns whether to ask now about the last ten minutes; a question then counts as asked */
  observe(moment: FeedbackMoment): boolean {
    this.#keepStretch(moment);
    this.#beginDay(moment.day);
    const stratum = this.#stratum(moment.usual);
    if (stratum === undefined || !this.#mayAsk(moment) || !this.#isDue(moment, stratum)) {
      return false;
    }
    const { asked, askedToday } = this.#memory;
    const isNextRandom = this.#random() < feedbackRules.randomShare;
    const { apartMs, mostRandomDelayMs } = feedbackRules;
    this.#memory = {
      ...this.#memory,
      lastAskedMs: moment.wallMs,
      askedToday: askedToday + 1,
      asked: { ...asked, [stratum]: asked[stratum] + 1 },
      randomAtMs: isNextRandom
        ? moment.wallMs + apartMs + this.#random() * mostRandomDelayMs
        : null,
    };
    return true;
  }

  answered(): void {
    this.#memory = { ...this.#memory, dismissalsInARow: 0 };
  }

  /** Closed without an answer. */
  dismissed(): void {
    const dismissalsInARow = this.#memory.dismissalsInARow + 1;
    const isOn = this.#memory.isOn && dismissalsInARow < feedbackRules.mostDismissals;
    this.#memory = { ...this.#memory, dismissalsInARow, isOn };
  }

  #keepStretch({ wallMs, score }: FeedbackMoment): void {
    if (score !== undefined) {
      this.#stretch.push({ wallMs, score });
    }
    const fromMs = wallMs - feedbackRules.stretchMs;
    // A clock that was set back leaves nothing that could be asked about.
    this.#stretch = this.#stretch.filter((each) => each.wallMs > fromMs && each.wallMs <= wallMs);
  }

  #beginDay(day: DayNumber): void {
    if (day !== this.#memory.day) {
      const { leastPerDay, mostPerDay } = feedbackRules;
      const limitToday = leastPerDay + Math.floor(this.#random() * (mostPerDay - leastPerDay + 1));
      this.#memory = { ...this.#memory, day, askedToday: 0, limitToday };
    }
  }

  /** The stretch's stratum, or `undefined` when too little of it has a score. */
  #stratum(usual: UsualScore): ScoreStratum | undefined {
    const scores = this.#stretch.map(({ score }) => score);
    if (scores.length * longestStepMs < feedbackRules.leastScoredMs) {
      return undefined;
    }
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    if (mean < usual.low) {
      return 'low';
    }
    return mean > usual.high ? 'high' : 'middle';
  }

  #mayAsk({ wallMs, state, score, usual, isHere }: FeedbackMoment): boolean {
    const { isOn, lastAskedMs, askedToday, limitToday } = this.#memory;
    const sinceAskedMs = lastAskedMs === null ? Infinity : Math.abs(wallMs - lastAskedMs);
    const isHigh = state === 'inFlow' || (score !== undefined && score > usual.high);
    const isApart = sinceAskedMs >= feedbackRules.apartMs;
    return isOn && isHere && isApart && askedToday < limitToday && !isHigh;
  }

  #isDue({ wallMs, sinceLastEditMs = 0 }: FeedbackMoment, stratum: ScoreStratum): boolean {
    const { randomAtMs, asked } = this.#memory;
    if (randomAtMs !== null) {
      return wallMs >= randomAtMs;
    }
    const { leastIdleMs, mostIdleMs, mostIdleAfterHighMs } = feedbackRules;
    const longestMs = stratum === 'high' ? mostIdleAfterHighMs : mostIdleMs;
    const isBreak = sinceLastEditMs >= leastIdleMs && sinceLastEditMs < longestMs;
    const least = Math.min(...scoreStrata.map((each) => asked[each]));
    // A stratum may be one question ahead: what never happens must not block the rest for ever.
    return isBreak && (asked[stratum] <= least + 1 || this.#random() < feedbackRules.randomShare);
  }
}

/** A memory without a past. */
export function newMemory(isOn: boolean): FeedbackMemory {
  return {
    isOn,
    lastAskedMs: null,
    day: null,
    askedToday: 0,
    limitToday: 0,
    dismissalsInARow: 0,
    asked: { low: 0, middle: 0, high: 0 },
    randomAtMs: null,
  };
}
