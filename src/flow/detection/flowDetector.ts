import type { FlowState } from '../../facts/flow.ts';
import type { Presence } from '../../facts/presence.ts';
import {
  assistedHoldMs,
  awayAfterMs,
  editsNeeded,
  enterProbability,
  flowAfterMs,
  flowLeaveProbability,
  flowProbability,
  holdMs,
  leaveProbability,
  readingAfterMs,
  scoredAfterEditMs,
  spellGapMs,
  stepMs,
} from '../flowRules.ts';

/** What a state rests on. Times are on the ring's clock, `-Infinity` for never. */
export interface Observation {
  readonly edits: number;
  readonly lastEditMs: number;
  /** The first edit of the spell of typing at hand. */
  readonly spellStartMs: number;
  /** More than half of the new characters came in blocks. */
  readonly isAssisted: boolean;
  /** 0-1, or `undefined` where the features say nothing. */
  readonly probability: number | undefined;
  /** The probability that the person's own history asks of flow, or 0 where it asks nothing. */
  readonly ownFlowProbability: number;
}

/** A detector's memory in plain numbers; times are ages, `null` for never. */
export interface SavedDetector {
  readonly state: FlowState;
  readonly stateAgeMs: number;
  readonly hereAgeMs: number | null;
  readonly unfocusedAgeMs: number | null;
  readonly inactiveAgeMs: number | null;
  readonly aboveAgeMs: number | null;
  readonly belowAgeMs: number | null;
  readonly gateAgeMs: number | null;
  readonly isGated: boolean;
  /** Probabilities of the latest steps, oldest first. */
  readonly latest: readonly number[];
  readonly isEngaged: boolean;
  readonly isInFlow: boolean;
  readonly inFlowMs: number;
}

/** Steps whose mean speaks for flow. */
const meanSteps = holdMs / stepMs;

/**
 * Turns probabilities and signs of presence into states that hold still.
 *
 * Engagement has hysteresis: it begins when the probability was at least .55 for two minutes and ends when it
 * was below .25 for two minutes. Engaged typing is `steady`; it is `inFlow` once its spell is five minutes old
 * and the mean of the last two minutes has reached .8 and what the person's own history asks, until that mean
 * falls below .4. Other typing is `building`. What the keyboard can't show is never called flow:
 * `assisted`, `reading`, `away`, `paused`, `unknown`; after any of these, flow has to be reached again.
 */
export class FlowDetector {
  #state: FlowState = 'unknown';
  #nowMs = -Infinity;
  #stateSinceMs = -Infinity;
  /** Since when the window is in front with somebody at it, and since when it is not. */
  #hereSinceMs: number | undefined;
  #unfocusedSinceMs: number | undefined;
  #inactiveSinceMs: number | undefined;
  #aboveSinceMs: number | undefined;
  #belowSinceMs: number | undefined;
  /** Since when the gate for inserted text differs from what is shown of it. */
  #gateSinceMs: number | undefined;
  #isGated = false;
  readonly #latest = new Float64Array(meanSteps);
  #isEngaged = false;
  #isInFlow = false;
  #inFlowMs = 0;
  #spellStartMs = -Infinity;

  get state(): FlowState {
    return this.#state;
  }

  get stateMs(): number {
    return this.#stateSinceMs === -Infinity ? 0 : this.#nowMs - this.#stateSinceMs;
  }

  /** How long the spell of typing at hand has lasted; 0 when there is none. */
  get spellMs(): number {
    return this.#spellStartMs === -Infinity ? 0 : this.#nowMs - this.#spellStartMs;
  }

  /** How much of the spell was in flow. */
  get inFlowMs(): number {
    return this.#inFlowMs;
  }

  /** Nothing before has to do with what comes. */
  reset(): void {
    this.#hereSinceMs = this.#unfocusedSinceMs = this.#inactiveSinceMs = undefined;
    this.#endSpell();
    this.#state = 'unknown';
    this.#stateSinceMs = this.#nowMs;
  }

  /** Takes the probability of a step that ended; to be called before {@link update}. */
  noteStep({ probability, isAssisted }: Observation): void {
    this.#latest.copyWithin(0, 1);
    this.#latest[meanSteps - 1] = isAssisted ? 0 : (probability ?? 0);
  }

  /** @param nowMs not before that of the call before, unless there was a {@link reset} */
  update(nowMs: number, presence: Presence, seen: Observation): FlowState {
    if (this.#state === 'inFlow') {
      this.#inFlowMs += Math.max(0, nowMs - this.#nowMs);
    }
    this.#nowMs = nowMs;
    this.#noteSpell(seen);
    this.#notePresence(presence);
    this.#noteGate(seen);
    this.#noteEngagement(seen, presence.focused && presence.active && !presence.paused);
    const state = this.#judge(presence, seen);
    this.#isInFlow = state === 'inFlow';
    if (state !== this.#state || this.#stateSinceMs === -Infinity) {
      this.#state = state;
      this.#stateSinceMs = nowMs;
    }
    return state;
  }

  save(): SavedDetector {
    const ageOf = (sinceMs: number | undefined): number | null =>
      sinceMs === undefined ? null : this.#nowMs - sinceMs;
    return {
      state: this.#state,
      stateAgeMs: this.stateMs,
      hereAgeMs: ageOf(this.#hereSinceMs),
      unfocusedAgeMs: ageOf(this.#unfocusedSinceMs),
      inactiveAgeMs: ageOf(this.#inactiveSinceMs),
      aboveAgeMs: ageOf(this.#aboveSinceMs),
      belowAgeMs: ageOf(this.#belowSinceMs),
      gateAgeMs: ageOf(this.#gateSinceMs),
      isGated: this.#isGated,
      latest: [...this.#latest],
      isEngaged: this.#isEngaged,
      isInFlow: this.#isInFlow,
      inFlowMs: this.#inFlowMs,
    };
  }

  /** @param nowMs the time at which `saved` was made, in this stream's time */
  restore(saved: SavedDetector, spellStartMs: number, nowMs: number): void {
    const timeOf = (ageMs: number | null): number | undefined =>
      ageMs === null ? undefined : nowMs - ageMs;
    this.#nowMs = nowMs;
    this.#state = saved.state;
    this.#stateSinceMs = nowMs - saved.stateAgeMs;
    this.#hereSinceMs = timeOf(saved.hereAgeMs);
    this.#unfocusedSinceMs = timeOf(saved.unfocusedAgeMs);
    this.#inactiveSinceMs = timeOf(saved.inactiveAgeMs);
    this.#aboveSinceMs = timeOf(saved.aboveAgeMs);
    this.#belowSinceMs = timeOf(saved.belowAgeMs);
    this.#gateSinceMs = timeOf(saved.gateAgeMs);
    this.#isGated = saved.isGated;
    this.#latest.set(saved.latest.slice(-meanSteps));
    this.#isEngaged = saved.isEngaged;
    this.#isInFlow = saved.isInFlow;
    this.#inFlowMs = saved.inFlowMs;
    this.#spellStartMs = spellStartMs;
  }

  #noteSpell({ lastEditMs, spellStartMs }: Observation): void {
    const isOver = this.#nowMs - lastEditMs >= spellGapMs;
    const startMs = isOver ? -Infinity : spellStartMs;
    if (startMs !== this.#spellStartMs) {
      this.#endSpell();
      this.#spellStartMs = startMs;
    }
  }

  #endSpell(): void {
    this.#aboveSinceMs = this.#belowSinceMs = this.#gateSinceMs = undefined;
    this.#isGated = false;
    this.#latest.fill(0);
    this.#isEngaged = this.#isInFlow = false;
    this.#inFlowMs = 0;
    this.#spellStartMs = -Infinity;
  }

  #notePresence({ focused, active }: Presence): void {
    const now = this.#nowMs;
    this.#unfocusedSinceMs = focused ? undefined : (this.#unfocusedSinceMs ?? now);
    this.#inactiveSinceMs = active ? undefined : (this.#inactiveSinceMs ?? now);
    this.#hereSinceMs = focused && active ? (this.#hereSinceMs ?? now) : this.#hereSinceMs;
  }

  /** A paste at the edge of the window must not make the state flicker. */
  #noteGate({ isAssisted }: Observation): void {
    this.#gateSinceMs =
      isAssisted === this.#isGated ? undefined : (this.#gateSinceMs ?? this.#nowMs);
    if (this.#gateSinceMs !== undefined && this.#nowMs - this.#gateSinceMs >= assistedHoldMs) {
      this.#isGated = isAssisted;
      this.#gateSinceMs = undefined;
    }
  }

  #noteEngagement(
    { probability, isAssisted, ownFlowProbability }: Observation,
    isHere: boolean,
  ): void {
    const now = this.#nowMs;
    // What an assistant writes shows no engagement of the person's, and nothing is reached while nobody is there.
    const isKnown = probability !== undefined && !isAssisted;
    const isAbove = isHere && isKnown && probability >= enterProbability;
    const isBelow = !isKnown || probability < leaveProbability;
    this.#aboveSinceMs = isAbove ? (this.#aboveSinceMs ?? now) : undefined;
    this.#belowSinceMs = isBelow ? (this.#belowSinceMs ?? now) : undefined;
    if (this.#aboveSinceMs !== undefined && now - this.#aboveSinceMs >= holdMs) {
      this.#isEngaged = true;
    }
    if (this.#belowSinceMs !== undefined && now - this.#belowSinceMs >= holdMs) {
      this.#isEngaged = false;
    }
    let sum = 0;
    for (const step of this.#latest) {
      sum += step;
    }
    const mean = sum / meanSteps;
    const isReached =
      isHere &&
      mean >= Math.max(flowProbability, ownFlowProbability) &&
      this.spellMs >= flowAfterMs;
    const isLeft = mean < flowLeaveProbability;
    this.#isInFlow = this.#isEngaged && (this.#isInFlow ? !isLeft : isReached);
  }

  #judge(presence: Presence, seen: Observation): FlowState {
    if (presence.paused) {
      return 'paused';
    }
    if (this.#isAway(presence)) {
      this.#hereSinceMs = undefined;
      return 'away';
    }
    const sinceEditMs = this.#nowMs - seen.lastEditMs;
    if (seen.edits < editsNeeded || sinceEditMs >= scoredAfterEditMs) {
      const isReading = presence.untold !== true && this.#isReading(sinceEditMs);
      return isReading ? 'reading' : 'unknown';
    }
    if (this.#isGated) {
      return 'assisted';
    }
    if (this.#isEngaged) {
      return this.#isInFlow ? 'inFlow' : 'steady';
    }
    return 'building';
  }

  /** Leaving takes a while, so that a glance elsewhere changes nothing; coming back does not. */
  #isAway({ focused, active }: Presence): boolean {
    if (focused && active) {
      return false;
    }
    const isElsewhere =
      this.#unfocusedSinceMs !== undefined && this.#nowMs - this.#unfocusedSinceMs >= awayAfterMs;
    const isIdle =
      this.#inactiveSinceMs !== undefined && this.#nowMs - this.#inactiveSinceMs >= holdMs;
    return this.#hereSinceMs === undefined || isElsewhere || isIdle;
  }

  /** With somebody there: no edit for a while, or a few now and then since. */
  #isReading(sinceEditMs: number): boolean {
    const hereMs = this.#nowMs - (this.#hereSinceMs ?? this.#nowMs);
    return this.#state === 'reading' || Math.min(sinceEditMs, hereMs) >= readingAfterMs;
  }
}
