import { flowStates, isFocusedState, type FlowState } from '../../facts/flow.ts';
import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';
import { isImported } from '../record.ts';
import {
  forEachCountedSample,
  isStandIn,
  withinMinute,
  type SessionMinutes,
} from './countedMinutes.ts';

/** The minutes of all windows as insights look at them: each once, and by hours and days of local time. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * A session with where it was lived. One offset holds for all of it: a change of zone or of daylight saving
 * begins another session (src/tracking/session.ts).
 */
export interface LivedSession extends SessionMinutes {
  readonly zoneOffsetMinutes: number;
}

/** Where to look back from; as PastQuery of the keeper. */
export interface InsightsQuery {
  readonly today: DayNumber;
  readonly dayStartHour: number;
  /** Wall-clock, exclusive. */
  readonly endMs: number;
}

/** One minute over all windows, in which somebody was there. */
export interface LivedMinute {
  readonly minute: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Steady or in flow for most of its counted time. */
  readonly isFocused: boolean;
  readonly blurs: number;
  readonly blockChars: number;
  readonly zoneOffsetMinutes: number;
}

/** One day of local time. Seconds by hour of the clock, 0-23. */
export interface LivedDay {
  /** In any state but away and paused. */
  readonly activeSeconds: Float64Array;
  readonly inFlowSeconds: Float64Array;
  focusedSeconds: number;
}

export interface LivedTime {
  /** Ascending. */
  readonly minutes: readonly LivedMinute[];
  /** Every day with a record. */
  readonly days: ReadonlyMap<DayNumber, LivedDay>;
  readonly demo: boolean;
  readonly imported: boolean;
}

/**
 * What was lived from a day on, until the query's end. The outcome does not depend on the order of sessions.
 * @param firstDay nothing before it counts
 */
export function liveThrough(
  sessions: readonly LivedSession[],
  firstDay: DayNumber,
  { today, dayStartHour, endMs }: InsightsQuery,
): LivedTime {
  const minutes: LivedMinute[] = [];
  const days = new Map<DayNumber, LivedDay>();
  const open = new OpenMinute();
  let demo = false;
  let imported = false;
  const query = { startMs: -Infinity, endMs };
  forEachCountedSample(sessions, query, (session, sample, seconds) => {
    const { state, minute } = sample;
    const wallMs = minute * minuteMs;
    const { zoneOffsetMinutes, origin } = session;
    const day = dayAt(wallMs, zoneOffsetMinutes, dayStartHour);
    if (day < firstDay || day > today) {
      return;
    }
    if (minute !== open.minute) {
      open.close(minutes);
    }
    open.add(session, sample, seconds);
    if (!isThere(state)) {
      return;
    }
    demo ||= origin === 'demo';
    imported ||= isImported(origin);
    const hour = Math.floor((wallMs + zoneOffsetMinutes * minuteMs) / hourMs) % 24;
    let own = days.get(day);
    if (own === undefined) {
      own = newDay();
      days.set(day, own);
    }
    own.activeSeconds[hour] = (own.activeSeconds[hour] ?? 0) + seconds;
    if (state === 'inFlow') {
      own.inFlowSeconds[hour] = (own.inFlowSeconds[hour] ?? 0) + seconds;
    }
    own.focusedSeconds += isFocusedState(state) ? seconds : 0;
  });
  open.close(minutes);
  return { minutes, days, demo, imported };
}

/** Away and paused are no time of anybody's. */
function isThere(state: FlowState): boolean {
  return state !== 'away' && state !== 'paused';
}

function newDay(): LivedDay {
  return {
    activeSeconds: new Float64Array(dayMs / hourMs),
    inFlowSeconds: new Float64Array(dayMs / hourMs),
    focusedSeconds: 0,
  };
}

/** Sums up the windows' samples of a minute; one object is used over and over, as there are many minutes. */
class OpenMinute {
  minute = NaN;
  readonly #seconds = new Float64Array(flowStates.length);
  #startMs = 0;
  #endMs = 0;
  #blurs = 0;
  #blockChars = 0;
  #zoneOffsetMinutes = 0;

  add(session: LivedSession, sample: MinuteSample, seconds: number): void {
    const isFirst = sample.minute !== this.minute;
    if (!isFirst && isStandIn(session)) {
      return;
    }
    const [startMs, endMs] = withinMinute(sample.minute, session);
    if (isFirst) {
      this.minute = sample.minute;
      this.#startMs = startMs;
      this.#endMs = endMs;
      this.#blurs = this.#blockChars = 0;
      // Of several windows, the one with the most seconds comes first.
      this.#zoneOffsetMinutes = session.zoneOffsetMinutes;
      this.#seconds.fill(0);
    }
    const state = flowStates.indexOf(sample.state);
    this.#seconds[state] = (this.#seconds[state] ?? 0) + seconds;
    this.#startMs = Math.min(this.#startMs, startMs);
    this.#endMs = Math.max(this.#endMs, endMs);
    this.#blurs += sample.blurs;
    this.#blockChars += sample.blockChars;
  }

  /** Hands on the minute at hand, if there is one and somebody was there for most of it. */
  close(minutes: LivedMinute[]): void {
    const state = this.#most();
    if (!Number.isNaN(this.minute) && isThere(state)) {
      minutes.push({
        minute: this.minute,
        startMs: this.#startMs,
        endMs: this.#endMs,
        isFocused: isFocusedState(state),
        blurs: this.#blurs,
        blockChars: this.#blockChars,
        zoneOffsetMinutes: this.#zoneOffsetMinutes,
      });
    }
    this.minute = NaN;
  }

  /** The state with the most seconds; of equals, the first of `flowStates`, as a day has it. */
  #most(): FlowState {
    let most = 0;
    for (let state = 1; state < flowStates.length; state++) {
      if ((this.#seconds[state] ?? 0) > (this.#seconds[most] ?? 0)) {
        most = state;
      }
    }
    return flowStates[most] ?? 'unknown';
  }
}
