import type { FlowState } from '../../facts/flow.ts';
import type { MinuteSample, RawFeatures } from '../../facts/minuteSample.ts';
import type { MinuteRecord, SessionRecord } from '../record.ts';
import { DemoRandom } from './demoRandom.ts';

/**
 * Made-up history, so that every view has something to show: plausible at a glance, from a seed, and marked as
 * made up in every record. The numbers describe nobody.
 */
export interface DemoOptions {
  /** How many days, the last one being the day of `endMs`. */
  readonly days: number;
  readonly seed: number;
  /** Nothing lies after it. */
  readonly endMs: number;
  /** Local time minus UTC, in minutes, at a wall-clock time. */
  readonly zoneOffsetMinutes: (atWallMs: number) => number;
}

type DemoRecord = SessionRecord | MinuteRecord;

const minuteMs = 60_000;
const hourMinutes = 60;
const dayMinutes = 24 * hourMinutes;
const dayStartMinutes = 4 * hourMinutes;
/** On the last day there is something to see however early it is. */
const lastDayMinutes = 5 * hourMinutes;

/** What a person does for a while. */
interface Activity {
  readonly state: FlowState | 'gone';
  /** Shortest and longest, in minutes. */
  readonly minutes: readonly [number, number];
  /** Mean score, or `undefined` where no claim is made. */
  readonly score?: number;
  /** Mean characters a minute. */
  readonly typed: number;
  readonly inserted?: number;
}

const building: Activity = { state: 'building', minutes: [2, 5], score: 44, typed: 95 };
const steady: Activity = { state: 'steady', minutes: [4, 12], score: 62, typed: 140 };
const inFlow: Activity = { state: 'inFlow', minutes: [10, 48], score: 80, typed: 195 };
const assisted: Activity = { state: 'assisted', minutes: [4, 14], typed: 45, inserted: 420 };
const reading: Activity = { state: 'reading', minutes: [2, 11], typed: 0 };
const unknown: Activity = { state: 'unknown', minutes: [1, 4], typed: 9 };
/** Looks up something elsewhere: within the session. */
const glance: Activity = { state: 'gone', minutes: [1, 3], typed: 0 };
/** Somebody comes by, or coffee: the session ends. */
const shortBreak: Activity = { state: 'gone', minutes: [6, 18], typed: 0 };

/** Back from elsewhere: it takes a while until it goes steadily. */
const returning: Activity = { state: 'building', minutes: [2, 9], score: 41, typed: 80 };
/** Called away in the midst of it, for as long as a question takes. */
const calledAway: Activity = { state: 'gone', minutes: [4, 9], typed: 0 };

/** What may follow the end of each activity, by chance. */
const courses: readonly (readonly [number, readonly Activity[]])[] = [
  [0.3, [building, steady, inFlow, steady]],
  [0.18, [building, steady]],
  [0.08, [building, steady, glance, steady, inFlow]],
  [0.06, [building, steady, calledAway, returning, steady]],
  [0.14, [reading, building, steady]],
  [0.12, [assisted, reading]],
  [0.07, [unknown, reading]],
  [0.05, [shortBreak]],
];

/** The same late in the morning, when this made-up person gets on best. */
const morningCourses: typeof courses = [
  [0.62, [building, inFlow, steady, inFlow]],
  [0.1, [building, steady, calledAway, returning, steady, inFlow]],
  [0.12, [reading, building, inFlow]],
  [0.08, [assisted, reading]],
  [0.05, [unknown, reading]],
  [0.03, [shortBreak]],
];
const morningHours = { from: 9, to: 12 };
/** How often the window loses the focus, or a block of text comes in, right before a spell ends. */
const blurAtEnd = 0.34;
const blockAtEnd = 0.13;
const blockInMidst = 0.035;

/** The records of all days, oldest first: each session, then its minutes. */
export function* makeDemoHistory(options: DemoOptions): Generator<DemoRecord> {
  const random = new DemoRandom(options.seed);
  const lastDay = Math.floor((localMinutes(options.endMs, options) - dayStartMinutes) / dayMinutes);
  for (let day = lastDay - options.days + 1; day <= lastDay; day++) {
    yield* makeDay(day, day === lastDay, options, random);
  }
}

/** One day, from a first to a last moment, around lunch and meetings. */
function* makeDay(
  day: number,
  isLast: boolean,
  options: DemoOptions,
  random: DemoRandom,
): Generator<DemoRecord> {
  const midnight = day * dayMinutes;
  const weekday = (((day + 4) % 7) + 7) % 7;
  const isWeekend = weekday === 0 || weekday === 6;
  const hours = isWeekend ? weekendHours(random) : workHours(random);
  if (isLast) {
    hours.from = Math.max(
      dayStartMinutes + 5,
      Math.min(9 * hourMinutes, localMinutes(options.endMs, options) - midnight - lastDayMinutes),
    );
    hours.to = dayMinutes + dayStartMinutes;
  }
  const away = isWeekend ? [] : absences(random);
  let minute = hours.from;
  while (minute < hours.to) {
    const absence = away.find(({ from, to }) => minute >= from && minute < to);
    if (absence !== undefined) {
      minute = absence.to;
      continue;
    }
    const until = Math.min(
      hours.to,
      ...away.filter(({ from }) => from > minute).map(({ from }) => from),
    );
    const stretch = makeStretch(midnight + minute, midnight + until, options, random);
    minute = stretch.end - midnight;
    yield* stretch.records;
  }
}

/** One session: activities one after the other until somebody leaves, or until a given local minute. */
function makeStretch(
  start: number,
  until: number,
  options: DemoOptions,
  random: DemoRandom,
): { readonly records: readonly DemoRecord[]; readonly end: number } {
  const startMs = utcMs(start, options) + random.between(0, 30) * 1000;
  const zoneOffsetMinutes = options.zoneOffsetMinutes(startMs);
  const session = random.id();
  const minutes: MinuteRecord[] = [];
  let at = start;
  for (;;) {
    const isFirst = at === start;
    const hour = Math.floor(at / hourMinutes) % 24;
    const isMorning = hour >= morningHours.from && hour < morningHours.to;
    const course = isFirst
      ? [returning, steady]
      : random.pick(isMorning ? morningCourses : courses);
    for (const [index, activity] of course.entries()) {
      const isLastSpell = !isFocused(course[index + 1]);
      const length = random.between(...activity.minutes);
      for (let left = length; left > 0 && at < until; left--, at++) {
        const wallMs = utcMs(at, options);
        if (activity.state !== 'gone' && wallMs + minuteMs <= options.endMs) {
          const isEnd = isLastSpell && (left === 1 || at === until - 1);
          const sample = makeSample(Math.floor(wallMs / minuteMs), activity, isEnd, random);
          minutes.push({ type: 'minute', session, zoneOffsetMinutes, origin: 'demo', sample });
        }
      }
    }
    if (at >= until || course.includes(shortBreak)) {
      break;
    }
  }
  const last = minutes.at(-1);
  if (last === undefined) {
    return { records: [], end: at };
  }
  const endMs = (last.sample.minute + 1) * minuteMs - random.between(0, 25) * 1000;
  const record: SessionRecord = {
    type: 'session',
    id: session,
    startMs,
    endMs: Math.max(startMs, endMs),
    zoneOffsetMinutes,
    origin: 'demo',
  };
  return { records: [record, ...minutes], end: at };
}

function isFocused(activity: Activity | undefined): boolean {
  return activity?.state === 'steady' || activity?.state === 'inFlow';
}

function makeSample(
  minute: number,
  activity: Activity,
  isEnd: boolean,
  random: DemoRandom,
): MinuteSample {
  const { state, score } = activity;
  const insertedChars = Math.max(0, Math.round(random.around(activity.typed, 0.3)));
  const deletes = Math.round(insertedChars * random.around(0.11, 0.35));
  return {
    minute,
    state: state === 'gone' ? 'unknown' : state,
    score: score === undefined ? undefined : clamp(random.around(score, 0.09), 0, 100),
    confidence: score === undefined ? 0 : clamp(random.around(0.72, 0.15), 0, 1),
    seconds: random.chance(0.9) ? 60 : random.between(25, 59),
    insertedChars,
    deletes,
    blockChars: makeBlock(activity, isEnd, random),
    undos: random.chance(0.08) ? 1 : 0,
    navigations: Math.round(Math.abs(random.around(state === 'reading' ? 14 : 5, 0.5))),
    blurs: random.chance(isEnd ? blurAtEnd : state === 'inFlow' ? 0.02 : 0.05) ? 1 : 0,
    raw: insertedChars < 15 ? undefined : makeRaw(insertedChars, deletes, random),
  };
}

function makeBlock({ inserted }: Activity, isEnd: boolean, random: DemoRandom): number {
  if (inserted !== undefined) {
    return Math.round(Math.abs(random.around(inserted, 0.7)));
  }
  return random.chance(isEnd ? blockAtEnd : blockInMidst) ? random.between(30, 220) : 0;
}

function makeRaw(insertedChars: number, deletes: number, random: DemoRandom): RawFeatures {
  return {
    rhythm: Math.abs(random.around(0.72, 0.18)),
    focus: clamp(random.around(0.25 + insertedChars / 400, 0.15), 0, 1),
    consistency: clamp(random.around(0.2 + insertedChars / 350, 0.2), 0, 1),
    error: deletes / (insertedChars + deletes),
    velocity: Math.log(1 + insertedChars),
  };
}

interface Stretch {
  from: number;
  to: number;
}

function workHours(random: DemoRandom): Stretch {
  if (random.chance(0.05)) {
    return { from: 0, to: 0 };
  }
  return {
    from: 9 * hourMinutes + random.between(-25, 30),
    to: 18 * hourMinutes + random.between(-50, 25),
  };
}

function weekendHours(random: DemoRandom): Stretch {
  const from = random.between(14, 20) * hourMinutes + random.between(0, 59);
  return random.chance(0.25) ? { from, to: from + random.between(25, 130) } : { from: 0, to: 0 };
}

/** Lunch, and up to three meetings. */
function absences(random: DemoRandom): Stretch[] {
  const lunch = 12 * hourMinutes + random.between(0, 40);
  const stretches = [{ from: lunch, to: lunch + random.between(35, 60) }];
  for (let meetings = random.between(0, 3); meetings > 0; meetings--) {
    const from = random.between(9, 17) * hourMinutes + 30 * random.between(0, 1);
    stretches.push({ from, to: from + (random.chance(0.6) ? 30 : 60) });
  }
  return stretches.sort((one, other) => one.from - other.from);
}

/** Local minutes since 1970-01-01 00:00 of the local calendar. */
function localMinutes(wallMs: number, options: DemoOptions): number {
  return Math.floor(wallMs / minuteMs) + options.zoneOffsetMinutes(wallMs);
}

function utcMs(localMinute: number, options: DemoOptions): number {
  const guess = localMinute * minuteMs;
  return guess - options.zoneOffsetMinutes(guess) * minuteMs;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
