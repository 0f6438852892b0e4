import type { MinuteSample } from '../../../facts/minuteSample.ts';
import type { ImportSource } from '../../messages/exportMessages.ts';
import type { ReaderPlace } from './importReader.ts';
import { groupIntervals, secondsByMinute, type Interval } from './intervals.ts';
import { sessionParts } from './sessionParts.ts';

/** Time that another program counted, as sessions and minutes that make no claim. */

const earliestMs = Date.UTC(1990, 0, 1);
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** So much between two stretches is a break. */
const breakMs = 5 * 60_000;

/** Whether somebody may have written code then. */
export function isLikelyTime(wallMs: number, nowMs: number): boolean {
  return wallMs >= earliestMs && wallMs <= nowMs + dayMs;
}

/** Whether an event may last so long. */
export function isLikelyDuration(durationMs: number): boolean {
  return durationMs >= 0 && durationMs <= dayMs;
}

/** What of stretches has passed: a clock elsewhere may be ahead, and what is still to come nobody has lived. */
function until(merged: readonly Interval[], nowMs: number): readonly Interval[] {
  return merged
    .filter(({ startMs }) => startMs < nowMs)
    .map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, nowMs) }));
}

/**
 * Adds coding time to the plan, in sessions as the recorder has them.
 * @param merged stretches, as of `mergeIntervals`
 * @param zoneOffsetMinutes local time minus UTC then
 */
export function addCodingTime(
  { plan, nowMs }: ReaderPlace,
  source: ImportSource,
  merged: readonly Interval[],
  zoneOffsetMinutes: (atWallMs: number) => number,
): void {
  const past = until(merged, nowMs);
  plan.leaveOut('badTime', merged.length - past.length);
  const parts = groupIntervals(past, breakMs).flatMap((group) =>
    sessionParts(group, zoneOffsetMinutes),
  );
  for (const part of parts) {
    const startMs = Math.floor(part.stretches[0]?.startMs ?? 0);
    const endMs = Math.ceil(part.stretches.at(-1)?.endMs ?? 0);
    const seconds = secondsByMinute(part.stretches);
    if (seconds.size === 0) {
      plan.leaveOut('tooShort');
      continue;
    }
    plan.addForeign(source, {
      isTold: true,
      startMs,
      endMs,
      zoneOffsetMinutes: part.zoneOffsetMinutes,
      origin: 'imported',
      samples: claimlessSamples(seconds),
    });
  }
}

/**
 * Adds a day of which only the sum is known, as one stretch around noon that stands in for it; of today, which may not
 * have come to its noon yet, as one that has passed, and no longer than the day so far. A later dump tells the larger sum.
 * @param day days since 1970 of the calendar date
 */
export function addDayTotal(
  { plan, nowMs }: ReaderPlace,
  source: ImportSource,
  day: number,
  totalMs: number,
  zoneOffsetMinutes: (atWallMs: number) => number,
): void {
  const utcNoonMs = day * dayMs + dayMs / 2;
  const offset = zoneOffsetMinutes(utcNoonMs);
  const noonMs = utcNoonMs - offset * minuteMs;
  const soFarMs = nowMs - (noonMs - dayMs / 2);
  if (soFarMs <= 0) {
    plan.leaveOut('badTime');
    return;
  }
  const lengthMs = Math.min(totalMs, soFarMs);
  const placedMs = Math.min(noonMs - lengthMs / 2, nowMs - lengthMs);
  // In whole minutes, so that the sum of the seconds stays what it was.
  const startMs = Math.floor(placedMs / minuteMs) * minuteMs;
  const endMs = startMs + lengthMs;
  const seconds = secondsByMinute([{ startMs, endMs }]);
  if (seconds.size === 0) {
    plan.leaveOut('tooShort');
    return;
  }
  plan.addDaySum(source, day, {
    isTold: true,
    startMs,
    endMs: Math.ceil(endMs),
    zoneOffsetMinutes: offset,
    origin: 'importedSum',
    samples: claimlessSamples(seconds),
  });
}

/** Minutes of which only their seconds are known. */
function claimlessSamples(seconds: ReadonlyMap<number, number>): MinuteSample[] {
  return [...seconds].map(([minute, counted]) => ({
    minute,
    state: 'unknown',
    score: undefined,
    confidence: 0,
    seconds: counted,
    insertedChars: 0,
    deletes: 0,
    blockChars: 0,
    undos: 0,
    navigations: 0,
    blurs: 0,
    raw: undefined,
  }));
}
