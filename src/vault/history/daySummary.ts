import { isFocusedState, type FlowState } from '../../facts/flow.ts';
import type { DayReading, SpanReading } from '../../readings/dayReading.ts';
import {
  countMinutes,
  type CountedMinute,
  type CountQuery,
  type DayQuery,
  type SessionMinutes,
} from './countedMinutes.ts';
import { zonesOfDay, type Zone, type ZonedSession } from './dayZones.ts';

/** From counted minutes to one day. The rules are in docs/vault-format.md, "How a day is counted". */

/** A day with a number for each state, where the message's type allows them to be left out. */
export type CountedDay = DayReading & { readonly seconds: Readonly<Record<FlowState, number>> };

const minuteMs = 60_000;
/** A shorter break does not end a spell. */
export const spellBreakMinutes = 3;
/** An interruption is a break of at least one minute and at most this many. */
export const longestInterruptionMinutes = 15;

/**
 * Sums up a day; sessions and minutes outside of the query are left out.
 * @param zone where the day is looked at; this machine's by default
 */
export function summarizeDay<Session extends SessionMinutes>(
  sessions: readonly Session[],
  query: CountQuery<Session>,
  zone?: Zone,
): CountedDay {
  const { minutes, seconds, focusedOf } = countMinutes(sessions, query);
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

/** The scores of the minutes whose state claims one, as the message has them. */
function scoresOf(
  minutes: readonly CountedMinute[],
  { startMs }: DayQuery,
): NonNullable<DayReading['scores']> {
  const firstMinute = Math.floor(startMs / minuteMs);
  const scores: NonNullable<DayReading['scores']> = [];
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

function roundTo(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
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
function joinSpans(minutes: readonly CountedMinute[]): SpanReading[] {
  const spans: SpanReading[] = [];
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
