import { flowStates, isFocusedState, type FlowState } from '../../facts/flow.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';
import type { DayState, SpanState } from '../../readings/dayReading.ts';
import { zonesOfDay, type Zone, type ZonedSession } from './dayZones.ts';
import type { Origin, RecordId } from '../record.ts';

/**
 * From the minutes of all windows to one day. The rules are in docs/vault-format.md, "How a day is counted";
 * the outcome depends on what is known, never on the order in which it became known.
 */

/** A session and those of its minutes that matter. */
export interface SessionMinutes {
  readonly id: RecordId;
  readonly startMs: number;
  readonly endMs: number;
  /** Local time minus UTC as it began; without it nothing is said of the day's local time. */
  readonly zoneOffsetMinutes?: number;
  readonly origin: Origin;
  readonly samples: readonly MinuteSample[];
}

/** A day with a number for each state, where the message's type allows them to be left out. */
export type CountedDay = DayState & { readonly seconds: Readonly<Record<FlowState, number>> };

export interface DayQuery {
  /** First and past-the-end wall-clock milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
}

const minuteMs = 60_000;
const minuteSeconds = 60;
/** A shorter break does not end a spell. */
export const spellBreakMinutes = 3;
/** An interruption is a break of at least one minute and at most this many. */
export const longestInterruptionMinutes = 15;

interface Part<Session extends SessionMinutes = SessionMinutes> {
  readonly session: Session;
  readonly sample: MinuteSample;
}

/** One minute over all windows, as it counts. */
interface CountedMinute {
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

/**
 * Sums up a day; sessions and minutes outside of the query are left out.
 * @param zone where the day is looked at; this machine's by default
 */
export function summarizeDay(
  sessions: readonly SessionMinutes[],
  query: DayQuery,
  zone?: Zone,
): CountedDay {
  const seconds = emptySeconds();
  const focusedOf = new Map<SessionMinutes, number>();
  const minutes: CountedMinute[] = [];
  for (const [minute, parts] of partsByMinute(sessions, query)) {
    minutes.push(countMinute(minute, parts, seconds, focusedOf));
  }
  const interruptionsAtMs = findInterruptions(minutes);
  const zones = zonesOfDay([...focusedOf.keys()].filter(isZoned), query, zone);
  return {
    startMs: query.startMs,
    endMs: query.endMs,
    seconds,
    focusedSeconds: seconds.steady + seconds.inFlow,
    longestSpellSeconds: longestSpell(minutes),
    interruptions: interruptionsAtMs.length,
    interruptionsAtMs,
    spans: joinSpans(minutes),
    scores: scoresOf(minutes, query),
    sessions: [...focusedOf]
      .map(([session, focusedSeconds]) => ({
        startMs: Math.max(session.startMs, query.startMs),
        endMs: Math.min(lastMomentOf(session), query.endMs),
        focusedSeconds,
      }))
      .sort((one, other) => one.startMs - other.startMs || one.endMs - other.endMs),
    ...(zones && { zones }),
    demo: [...focusedOf.keys()].some((session) => session.origin === 'demo'),
  };
}

function isZoned(session: SessionMinutes): session is SessionMinutes & ZonedSession {
  return session.zoneOffsetMinutes !== undefined;
}

/** A session that still runs has told only how far it was when it began; its minutes go on beyond that. */
function lastMomentOf({ startMs, endMs, samples }: SessionMinutes): number {
  const toldMs = Math.max(startMs, endMs);
  const last = samples.at(-1);
  const isBeyond = last !== undefined && last.minute * minuteMs >= toldMs;
  return isBeyond ? last.minute * minuteMs + last.seconds * 1000 : toldMs;
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

/** Visits what each window counts of each minute, minutes ascending: never more than 60 s of one minute. */
export function forEachCountedPart<Session extends SessionMinutes>(
  sessions: readonly Session[],
  query: DayQuery,
  visit: (session: Session, sample: MinuteSample, seconds: number) => void,
): void {
  let minute = NaN;
  let left = 0;
  for (const { session, sample } of partsInOrder(sessions, query)) {
    left = sample.minute === minute ? left : minuteSeconds;
    minute = sample.minute;
    const counted = Math.min(left, sample.seconds);
    left -= counted;
    visit(session, sample, counted);
  }
}

/** The parts of each minute, minutes ascending, a minute's parts with the most seconds first. */
function partsByMinute(
  sessions: readonly SessionMinutes[],
  query: DayQuery,
): readonly (readonly [number, Part[]])[] {
  const minutes: [number, Part[]][] = [];
  for (const part of partsInOrder(sessions, query)) {
    const last = minutes.at(-1);
    if (last?.[0] === part.sample.minute) {
      last[1].push(part);
    } else {
      minutes.push([part.sample.minute, [part]]);
    }
  }
  return minutes;
}

/** As one list, since a look back over months makes so many that a list for each minute would cost more than all else. */
function partsInOrder<Session extends SessionMinutes>(
  sessions: readonly Session[],
  query: DayQuery,
): readonly Part<Session>[] {
  const parts: Part<Session>[] = [];
  let isInOrder = true;
  let last = -Infinity;
  for (const session of sessions) {
    for (const sample of session.samples) {
      const startMs = sample.minute * minuteMs;
      if (sample.seconds <= 0 || startMs < query.startMs || startMs >= query.endMs) {
        continue;
      }
      isInOrder &&= sample.minute > last;
      last = sample.minute;
      parts.push({ session, sample });
    }
  }
  return isInOrder
    ? parts
    : parts.sort(
        (one, other) =>
          one.sample.minute - other.sample.minute ||
          other.sample.seconds - one.sample.seconds ||
          (one.session.id < other.session.id ? -1 : 1),
      );
}

/** Gives each window its seconds, the one with the most first, until the minute is full. */
function shareMinute(parts: readonly Part[], take: (part: Part, counted: number) => void): void {
  let left = minuteSeconds;
  for (const part of parts) {
    const counted = Math.min(left, part.sample.seconds);
    left -= counted;
    take(part, counted);
  }
}

function countMinute(
  minute: number,
  parts: readonly Part[],
  seconds: Record<FlowState, number>,
  focusedOf: Map<SessionMinutes, number>,
): CountedMinute {
  const own = new Map<FlowState, number>();
  let focusedSeconds = 0;
  let blurs = 0;
  let startMs = (minute + 1) * minuteMs;
  let endMs = minute * minuteMs;
  shareMinute(parts, ({ session, sample }, counted) => {
    seconds[sample.state] += counted;
    own.set(sample.state, (own.get(sample.state) ?? 0) + counted);
    const focused = isFocusedState(sample.state) ? counted : 0;
    focusedSeconds += focused;
    focusedOf.set(session, (focusedOf.get(session) ?? 0) + focused);
    blurs += sample.blurs;
    const [fromMs, toMs] = withinMinute(minute, session);
    startMs = Math.min(startMs, fromMs);
    endMs = Math.max(endMs, toMs);
  });
  const state = mostOf(own);
  const score = meanOf(parts, state, (sample) => sample.score);
  const confidence = meanOf(parts, state, (sample) => sample.confidence) ?? 0;
  return { minute, startMs, endMs, state, score, confidence, focusedSeconds, blurs };
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

/** The scores of the minutes whose state claims one, as the message has them. */
function scoresOf(
  minutes: readonly CountedMinute[],
  { startMs }: DayQuery,
): NonNullable<DayState['scores']> {
  const firstMinute = Math.floor(startMs / minuteMs);
  const scores: NonNullable<DayState['scores']> = [];
  for (const { minute, state, score, confidence } of minutes) {
    if (score !== undefined && makesClaim(state)) {
      scores.push([minute - firstMinute, roundTo(score, 10), roundTo(confidence, 100)]);
    }
  }
  return scores;
}

/** Other states may hold some seconds with a score, and yet the minute says nothing about depth. */
function makesClaim(state: FlowState): boolean {
  return state === 'building' || isFocusedState(state);
}

function roundTo(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}

/** Mean of a value over a minute's scored parts in a state, weighted by seconds. */
function meanOf(
  parts: readonly Part[],
  state: FlowState,
  valueOf: (sample: MinuteSample) => number | undefined,
): number | undefined {
  let sum = 0;
  let weight = 0;
  for (const { sample } of parts) {
    const value = sample.score === undefined ? undefined : valueOf(sample);
    if (sample.state === state && value !== undefined) {
      sum += value * sample.seconds;
      weight += sample.seconds;
    }
  }
  return weight > 0 ? sum / weight : undefined;
}

/** From the first to the last focused minute of the longest run without a break of three minutes. */
function longestSpell(minutes: readonly CountedMinute[]): number {
  let longestMs = 0;
  let first: CountedMinute | undefined;
  let last: CountedMinute | undefined;
  for (const minute of minutes) {
    if (!isFocusedState(minute.state)) {
      continue;
    }
    if (last === undefined || minute.minute - last.minute - 1 >= spellBreakMinutes) {
      first = minute;
    }
    last = minute;
    longestMs = Math.max(longestMs, last.endMs - (first ?? last).startMs);
  }
  return Math.round(longestMs / 1000);
}

/**
 * When each interruption began. One is a break of 1 to 15 minutes between two focused minutes in which the
 * person left: a minute of the break was not recorded or away, or the window lost the focus. Reading and
 * assisted work alone are none.
 */
function findInterruptions(minutes: readonly CountedMinute[]): number[] {
  const atMs: number[] = [];
  let lastFocused: CountedMinute | undefined;
  let recorded = 0;
  let left = false;
  for (const minute of minutes) {
    if (!isFocusedState(minute.state)) {
      recorded++;
      left ||= minute.state === 'away' || minute.state === 'paused' || minute.blurs > 0;
      continue;
    }
    if (lastFocused !== undefined) {
      const breakMinutes = minute.minute - lastFocused.minute - 1;
      const isShort = breakMinutes >= 1 && breakMinutes <= longestInterruptionMinutes;
      if (isShort && (left || recorded < breakMinutes)) {
        atMs.push(lastFocused.endMs);
      }
    }
    lastFocused = minute;
    recorded = 0;
    left = false;
  }
  return atMs;
}

/** Joins neighbouring minutes of one state. */
function joinSpans(minutes: readonly CountedMinute[]): SpanState[] {
  const spans: SpanState[] = [];
  let open: { first: CountedMinute; last: CountedMinute; scores: number[] } | undefined;
  const close = (): void => {
    if (open !== undefined) {
      const { first, last, scores } = open;
      const sum = scores.reduce((total, score) => total + score, 0);
      spans.push({
        startMs: first.startMs,
        endMs: last.endMs,
        state: first.state,
        score: scores.length > 0 ? sum / scores.length : null,
      });
    }
  };
  for (const minute of minutes) {
    const own = minute.score === undefined ? [] : [minute.score];
    if (open?.first.state === minute.state && open.last.minute + 1 === minute.minute) {
      open.last = minute;
      open.scores.push(...own);
    } else {
      close();
      open = { first: minute, last: minute, scores: own };
    }
  }
  close();
  return spans;
}
