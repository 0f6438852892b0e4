import * as v from 'valibot';
import { featureNames, flowStates } from '../../facts/flow.ts';
import type { MinuteSample, RawFeatures } from '../../facts/minuteSample.ts';
import { origins } from '../../vault/record.ts';
import { formatTime, parseTime } from '../../facts/isoTime.ts';
import { recordId, shortNumber, time, zoneOffset } from '../../vault/codecs/jsonFields.ts';
import type { StoredSession } from './storedSessions.ts';

/** A session with its minutes in an export: docs/export-format.md, "Sessions". */

const minuteMs = 60_000;
/** What is longer is no session; and one that spans years would make every look at a day a look at all of them. */
const longestMinutes = 31 * 24 * 60;

const session = v.strictObject({
  id: recordId,
  told: v.boolean(),
  start: time,
  end: time,
  zoneOffsetMinutes: zoneOffset,
  origin: v.picklist(origins),
  minutes: v.pipe(v.array(v.unknown()), v.maxLength(longestMinutes)),
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
        : Object.fromEntries(featureNames.map((name) => [name, featureJson(raw[name])])),
  };
}

function featureJson(value: number | undefined): number | null {
  return value === undefined ? null : shortNumber(value);
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
  const samples: MinuteSample[] = [];
  for (const each of minutes) {
    const sample = parseMinute(each);
    if (sample === undefined) {
      return undefined;
    }
    samples.push(sample);
  }
  const times = [start, end, ...samples.map((sample) => sample.minute * minuteMs)];
  const spanMs =
    times.reduce((last, at) => Math.max(last, at)) -
    times.reduce((first, at) => Math.min(first, at));
  const isSound =
    end >= start && spanMs <= longestMinutes * minuteMs && (told || samples.length > 0);
  return isSound
    ? { id, isTold: told, startMs: start, endMs: end, zoneOffsetMinutes, origin, samples }
    : undefined;
}

/** Counts saturate when they are packed; more than this in one minute is a mistake all the same. */
const mostCounted = 100_000_000;
const minuteMembers = 12;
const rawMembers = 5;

/** By hand, as there are millions: a schema takes three times as long. As strict as one: no member more, none less. */
function parseMinute(value: unknown): MinuteSample | undefined {
  if (!hasMembers(value, minuteMembers)) {
    return undefined;
  }
  const { at, state, score, confidence, seconds, insertedChars, deletes } = value;
  const { blockChars, undos, navigations, blurs } = value;
  const atMs = parseTime(at);
  const known = flowStates.find((name) => name === state);
  const raw = value['raw'] === null ? undefined : parseRaw(value['raw']);
  const isSound =
    atMs !== undefined &&
    atMs % minuteMs === 0 &&
    known !== undefined &&
    (score === null || isCount(score, 100)) &&
    isWithin(confidence, 1) &&
    isCount(seconds, 60) &&
    isCount(insertedChars, mostCounted) &&
    isCount(deletes, mostCounted) &&
    isCount(blockChars, mostCounted) &&
    isCount(undos, mostCounted) &&
    isCount(navigations, mostCounted) &&
    isCount(blurs, mostCounted) &&
    (raw !== undefined || value['raw'] === null);
  return isSound
    ? {
        minute: atMs / minuteMs,
        state: known,
        score: score ?? undefined,
        confidence,
        seconds,
        insertedChars,
        deletes,
        blockChars,
        undos,
        navigations,
        blurs,
        raw,
      }
    : undefined;
}

function parseRaw(value: unknown): RawFeatures | undefined {
  if (!hasMembers(value, rawMembers)) {
    return undefined;
  }
  const { rhythm, focus, consistency, error, velocity } = value;
  return isFeature(rhythm, Number.MAX_VALUE) &&
    isFeature(focus, 1) &&
    isFeature(consistency, 1) &&
    isFeature(error, 1) &&
    isFeature(velocity, Number.MAX_VALUE)
    ? {
        // Before there was a word for it, a rhythm that could not be told was written as 0.
        rhythm: rhythm === 0 ? undefined : (rhythm ?? undefined),
        focus: focus ?? undefined,
        consistency: consistency ?? undefined,
        error: error ?? undefined,
        velocity: velocity ?? undefined,
      }
    : undefined;
}

function isFeature(value: unknown, most: number): value is number | null {
  return value === null || isWithin(value, most);
}

function hasMembers(value: unknown, members: number): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === members
  );
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= most;
}

function isCount(value: unknown, most: number): value is number {
  return isWithin(value, most) && Number.isInteger(value);
}
