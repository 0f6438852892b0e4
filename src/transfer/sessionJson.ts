import * as v from 'valibot';
import { flowStates } from '../base/flow.ts';
import type { MinuteSample } from '../base/minuteSample.ts';
import { origins } from '../vault/record.ts';
import { formatTime } from './isoTime.ts';
import { integer, recordId, shortNumber, time, zoneOffset } from './jsonFields.ts';
import type { StoredSession } from './storedSessions.ts';

/** A session with its minutes in an export: docs/export-format.md, "Sessions". */

const minuteMs = 60_000;
/** What is longer is no session; and one that spans years would make every look at a day a look at all of them. */
const longestMinutes = 31 * 24 * 60;

const atLeastNothing = v.pipe(v.number(), v.finite(), v.minValue(0));
const fraction = v.pipe(atLeastNothing, v.maxValue(1));
/** Counts saturate when they are packed; more than a day of them in one minute is a mistake all the same. */
const count = integer(0, 100_000_000);

const minute = v.strictObject({
  at: time,
  state: v.picklist(flowStates),
  score: v.nullable(integer(0, 100)),
  confidence: fraction,
  seconds: integer(0, 60),
  insertedChars: count,
  deletes: count,
  blockChars: count,
  undos: count,
  navigations: count,
  blurs: count,
  raw: v.nullable(
    v.strictObject({
      rhythm: atLeastNothing,
      focus: fraction,
      consistency: fraction,
      error: fraction,
      velocity: atLeastNothing,
    }),
  ),
});

const session = v.strictObject({
  id: recordId,
  told: v.boolean(),
  start: time,
  end: time,
  zoneOffsetMinutes: zoneOffset,
  origin: v.picklist(origins),
  minutes: v.pipe(v.array(minute), v.maxLength(longestMinutes)),
});

/** What an export has of a minute. */
export function minuteJson(
  sample: MinuteSample,
  zoneOffsetMinutes: number,
): Readonly<Record<string, unknown>> {
  const { raw } = sample;
  return {
    at: formatTime(sample.minute * minuteMs, zoneOffsetMinutes),
    state: sample.state,
    score: sample.score ?? null,
    confidence: shortNumber(sample.confidence),
    seconds: sample.seconds,
    insertedChars: sample.insertedChars,
    deletes: sample.deletes,
    blockChars: sample.blockChars,
    undos: sample.undos,
    navigations: sample.navigations,
    blurs: sample.blurs,
    raw:
      raw === undefined
        ? null
        : {
            rhythm: shortNumber(raw.rhythm),
            focus: shortNumber(raw.focus),
            consistency: shortNumber(raw.consistency),
            error: shortNumber(raw.error),
            velocity: shortNumber(raw.velocity),
          },
  };
}

/** What an export has of a session beside its minutes. */
export function sessionJson(stored: StoredSession): Readonly<Record<string, unknown>> {
  const { zoneOffsetMinutes } = stored;
  return {
    id: stored.id,
    told: stored.isTold,
    start: formatTime(stored.startMs, zoneOffsetMinutes),
    end: formatTime(stored.endMs, zoneOffsetMinutes),
    zoneOffsetMinutes,
    origin: stored.origin,
  };
}

/** A session of an export, or `undefined` when it is none. */
export function parseSession(value: unknown): StoredSession | undefined {
  const result = v.safeParse(session, value, { abortEarly: true });
  if (!result.success) {
    return undefined;
  }
  const { id, told, start, end, zoneOffsetMinutes, origin, minutes } = result.output;
  const samples = minutes.map(({ at, score, raw, ...sample }) => ({
    ...sample,
    minute: at / minuteMs,
    score: score ?? undefined,
    raw: raw ?? undefined,
  }));
  const times = [start, end, ...minutes.map(({ at }) => at)];
  const spanMs =
    times.reduce((last, at) => Math.max(last, at)) -
    times.reduce((first, at) => Math.min(first, at));
  const isSound =
    end >= start &&
    spanMs <= longestMinutes * minuteMs &&
    samples.every((sample) => Number.isInteger(sample.minute)) &&
    (told || samples.length > 0);
  return isSound
    ? { id, isTold: told, startMs: start, endMs: end, zoneOffsetMinutes, origin, samples }
    : undefined;
}
