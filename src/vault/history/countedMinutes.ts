import { flowStates, isFocusedState, type FlowState } from '../../facts/flow.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';
import { whatCounts, type SessionMinutes } from './whatCounts.ts';

export type { SessionMinutes } from './whatCounts.ts';

/**
 * From the minutes of all windows, and of other programs, to minutes that count once: docs/vault-format.md, "How a day is
 * counted". The outcome depends on what is known, never on the order in which it became known.
 */

const minuteMs = 60_000;
const minuteSeconds = 60;

export interface DayQuery {
  /** First and past-the-end wall-clock milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Which of the minutes are asked for; what counts is told from all that are given. */
export interface CountQuery<Session extends SessionMinutes = SessionMinutes> extends DayQuery {
  /** Within the bounds; all of them where it is left out. */
  readonly isAsked?: (session: Session, minute: number) => boolean;
}

interface SessionSample<Session extends SessionMinutes = SessionMinutes> {
  readonly session: Session;
  readonly sample: MinuteSample;
}

/** One minute over all windows, as it counts. */
export interface CountedMinute {
  readonly minute: number;
  readonly startMs: number;
  readonly endMs: number;
  /** The state with the most seconds. */
  readonly state: FlowState;
  readonly score: number | undefined;
  /** How sure the score is, 0-1; 0 without one. */
  readonly confidence: number;
  readonly focusedSeconds: number;
  readonly blurs: number;
}

/** The minutes of a stretch of time, and what they come to. */
export interface CountedMinutes {
  /** Ascending; those of which something counts. */
  readonly minutes: readonly CountedMinute[];
  /** Seconds in each state. */
  readonly seconds: Readonly<Record<FlowState, number>>;
  /** Focused seconds of each session that has a minute here. */
  readonly focusedOf: ReadonlyMap<SessionMinutes, number>;
}

/** Counts each minute once over all windows; sessions and minutes outside of the query are left out. */
export function countMinutes<Session extends SessionMinutes>(
  sessions: readonly Session[],
  query: CountQuery<Session>,
): CountedMinutes {
  const seconds = emptySeconds();
  const focusedOf = new Map<SessionMinutes, number>();
  const minutes: CountedMinute[] = [];
  for (const [minute, samples] of samplesByMinute(sessions, query)) {
    minutes.push(countMinute(minute, samples, seconds, focusedOf));
  }
  return { minutes, seconds, focusedOf };
}

/** Visits what each window counts of each minute, minutes ascending: never more than 60 s of one minute. */
export function forEachCountedSample<Session extends SessionMinutes>(
  sessions: readonly Session[],
  query: DayQuery,
  visit: (session: Session, sample: MinuteSample, seconds: number) => void,
): void {
  let minute = NaN;
  let left = 0;
  for (const { session, sample } of samplesInOrder(sessions, query)) {
    left = sample.minute === minute ? left : minuteSeconds;
    minute = sample.minute;
    const counted = Math.min(left, sample.seconds);
    left -= counted;
    visit(session, sample, counted);
  }
}

/** The part of a minute that a session spans; the whole minute where a session's bounds miss it. */
export function withinMinute(
  minute: number,
  session: Pick<SessionMinutes, 'startMs' | 'endMs'>,
): readonly [number, number] {
  const fromMs = minute * minuteMs;
  const toMs = fromMs + minuteMs;
  const clippedFromMs = Math.max(fromMs, session.startMs);
  const clippedToMs = Math.min(toMs, session.endMs);
  return clippedFromMs < clippedToMs ? [clippedFromMs, clippedToMs] : [fromMs, toMs];
}

function emptySeconds(): Record<FlowState, number> {
  return {
    unknown: 0,
    building: 0,
    steady: 0,
    inFlow: 0,
    assisted: 0,
    reading: 0,
    away: 0,
    paused: 0,
  };
}

/** The samples of each minute, minutes ascending, those of a minute with the most seconds first, a day's sum last. */
function samplesByMinute<Session extends SessionMinutes>(
  sessions: readonly Session[],
  query: CountQuery<Session>,
): readonly (readonly [number, SessionSample[]])[] {
  const minutes: [number, SessionSample[]][] = [];
  for (const entry of samplesInOrder(sessions, query)) {
    const last = minutes.at(-1);
    if (last?.[0] === entry.sample.minute) {
      last[1].push(entry);
    } else {
      minutes.push([entry.sample.minute, [entry]]);
    }
  }
  return minutes;
}

/** As one list, since a look back over months makes so many that a list for each minute would cost more than all else. */
function samplesInOrder<Session extends SessionMinutes>(
  sessions: readonly Session[],
  query: CountQuery<Session>,
): readonly SessionSample<Session>[] {
  const { startMs: fromMs, endMs: toMs, isAsked } = query;
  const samples: SessionSample<Session>[] = [];
  let isInOrder = true;
  let last = -Infinity;
  for (const session of whatCounts(sessions)) {
    for (const sample of session.samples) {
      const startMs = sample.minute * minuteMs;
      if (sample.seconds <= 0 || startMs < fromMs || startMs >= toMs) {
        continue;
      }
      if (isAsked !== undefined && !isAsked(session, sample.minute)) {
        continue;
      }
      isInOrder &&= sample.minute > last;
      last = sample.minute;
      samples.push({ session, sample });
    }
  }
  return isInOrder
    ? samples
    : samples.sort(
        (one, other) =>
          one.sample.minute - other.sample.minute ||
          Number(isStandIn(one.session)) - Number(isStandIn(other.session)) ||
          other.sample.seconds - one.sample.seconds ||
          (one.session.id < other.session.id ? -1 : 1),
      );
}

/** Gives each window its seconds, the one with the most first, until the minute is full. */
function shareMinute(
  samples: readonly SessionSample[],
  take: (entry: SessionSample, counted: number) => void,
): void {
  let left = minuteSeconds;
  for (const entry of samples) {
    const counted = Math.min(left, entry.sample.seconds);
    left -= counted;
    take(entry, counted);
  }
}

function countMinute(
  minute: number,
  samples: readonly SessionSample[],
  seconds: Record<FlowState, number>,
  focusedOf: Map<SessionMinutes, number>,
): CountedMinute {
  const own = new Map<FlowState, number>();
  let focusedSeconds = 0;
  let blurs = 0;
  let startMs = (minute + 1) * minuteMs;
  let endMs = minute * minuteMs;
  shareMinute(samples, ({ session, sample }, counted) => {
    seconds[sample.state] += counted;
    const focused = isFocusedState(sample.state) ? counted : 0;
    focusedSeconds += focused;
    focusedOf.set(session, (focusedOf.get(session) ?? 0) + focused);
    if (own.size > 0 && isStandIn(session)) {
      return;
    }
    own.set(sample.state, (own.get(sample.state) ?? 0) + counted);
    blurs += sample.blurs;
    const [fromMs, toMs] = withinMinute(minute, session);
    startMs = Math.min(startMs, fromMs);
    endMs = Math.max(endMs, toMs);
  });
  const state = mostOf(own);
  const score = meanOf(samples, state, (sample) => sample.score);
  const confidence = meanOf(samples, state, (sample) => sample.confidence) ?? 0;
  return { minute, startMs, endMs, state, score, confidence, focusedSeconds, blurs };
}

/** Whether a session is a day's sum: what it has beside others in a minute says nothing of what that minute was. */
export function isStandIn({ origin }: SessionMinutes): boolean {
  return origin === 'importedSum';
}

/** The state with the most seconds; of equals, the first of `flowStates`. */
function mostOf(seconds: ReadonlyMap<FlowState, number>): FlowState {
  let most: FlowState = 'unknown';
  let mostSeconds = -1;
  for (const state of flowStates) {
    const own = seconds.get(state) ?? -1;
    if (own > mostSeconds) {
      most = state;
      mostSeconds = own;
    }
  }
  return most;
}

/** Mean of a value over a minute's scored samples in a state, weighted by seconds. */
function meanOf(
  samples: readonly SessionSample[],
  state: FlowState,
  valueOf: (sample: MinuteSample) => number | undefined,
): number | undefined {
  let sum = 0;
  let weight = 0;
  for (const { sample } of samples) {
    const value = sample.score === undefined ? undefined : valueOf(sample);
    if (sample.state === state && value !== undefined) {
      sum += value * sample.seconds;
      weight += sample.seconds;
    }
  }
  return weight > 0 ? sum / weight : undefined;
}
