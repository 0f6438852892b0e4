import { dayAt } from '../../../facts/localDay.ts';
import type { ImportSource } from '../../messages/exportMessages.ts';
import type { ReaderPlace } from './importReader.ts';
import { groupIntervals, secondsByMinute, type Interval } from './intervals.ts';
import { sessionParts } from './sessionParts.ts';

/** Time that another program counted, as sessions and minutes that make no claim. */

const earliestMs = Date.UTC(1990, 0, 1);
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

/**
 * Adds coding time to the plan, in sessions as the recorder has them.
 * @param merged stretches, as of `mergeIntervals`
 * @param zoneOffsetMinutes local time minus UTC then
 */
export function addCodingTime(
  { plan }: ReaderPlace,
  source: ImportSource,
  merged: readonly Interval[],
  zoneOffsetMinutes: (atWallMs: number) => number,
): void {
  const parts = groupIntervals(merged, breakMs).flatMap((group) =>
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
      samples: [...seconds].map(([minute, counted]) => ({
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
      })),
    });
  }
}

/**
 * Adds a day of which only the sum is known, as one stretch around noon. A day that has anything already is left as it is:
 * nobody can tell what of the sum it has.
 * @param day days since 1970 of the calendar date
 */
export function addDayTotal(
  place: ReaderPlace,
  source: ImportSource,
  day: number,
  totalMs: number,
  zoneOffsetMinutes: (atWallMs: number) => number,
): void {
  const utcNoonMs = day * dayMs + dayMs / 2;
  const noonMs = utcNoonMs - zoneOffsetMinutes(utcNoonMs) * 60_000;
  // In whole minutes, so that the sum of the seconds stays what it was.
  const startMs = Math.floor((noonMs - totalMs / 2) / 60_000) * 60_000;
  const offset = zoneOffsetMinutes(startMs);
  if (place.plan.hasDay(dayAt(noonMs, offset, 0), offset)) {
    place.plan.leaveOut('alreadyThere');
    return;
  }
  place.plan.noteDayWithoutTimes();
  addCodingTime(place, source, [{ startMs, endMs: startMs + totalMs }], () => offset);
}
