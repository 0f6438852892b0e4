import type { InsightsReading } from '../../src/readings/insightsReading.ts';
import { atMs, todayNumber, zoneOffsetMinutes } from './snapshots.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

function lengthsOf(
  bounds: readonly number[],
  times: readonly number[],
): InsightsReading['spellLength']['lengths'] {
  return bounds.map((from, index) => {
    const to = bounds[index + 1];
    return {
      fromSeconds: from * 60,
      toSeconds: to === undefined ? null : to * 60,
      times: times[index] ?? 0,
    };
  });
}

const shares = [0.12, 0.21, 0.44, 0.41, 0.2, 0.13, 0.22, 0.26, 0.24, 0.15, 0.11];
const weekHours = [null, null, 12.5, 14.2, 11.8, 15.1, 13.4, 12.9, null, 14.8, 13.1, 14.3];
const signs = [['blur'], ['none'], ['blur', 'block'], ['stop'], ['none'], ['block']] as const;

/** A person with a record of nine weeks. */
export const ordinaryInsights: InsightsReading = {
  today: todayNumber,
  weeks: 12,
  recordedDays: 46,
  demo: false,
  imported: false,
  bestHours: {
    basis: { have: 44, need: 15 },
    found: { fromHour: 10, toHour: 12, days: 40, daysAbove: 33, share: 0.43, restShare: 0.19 },
    hours: shares.map((share, index) => ({
      hour: 8 + index,
      days: 46 - 2 * index,
      activeSeconds: 100_000,
      inFlowSeconds: 100_000 * share,
    })),
  },
  spellLength: {
    basis: { have: 214, need: 20 },
    found: { lowSeconds: 18 * 60, midSeconds: 27 * 60, highSeconds: 41 * 60 },
    lengths: lengthsOf([0, 5, 10, 20, 30, 45, 60, 90], [9, 17, 38, 61, 52, 24, 11, 2]),
  },
  beforeBreaks: {
    basis: { have: 214, need: 20 },
    found: [
      { sign: 'blur', breaks: 83, usualShare: 0.06 },
      { sign: 'block', breaks: 19, usualShare: 0.07 },
      { sign: 'stop', breaks: 41, usualShare: null },
      { sign: 'none', breaks: 78, usualShare: null },
    ],
    latest: signs.map((own, index) => ({
      atMs: atMs - index * 0.37 * dayMs,
      zoneOffsetMinutes,
      spellSeconds: (14 + ((index * 23) % 60)) * 60,
      signs: [...own],
    })),
  },
  recovery: {
    basis: { have: 63, need: 20 },
    longestSeconds: 1800,
    found: { midSeconds: 5 * 60, highSeconds: 11 * 60 },
    leftAgain: 7,
    lengths: lengthsOf([0, 2, 5, 10, 20, 30], [6, 21, 19, 11, 4, 2]),
    latest: [4, 9, 30, 2, 6].map((minutes, index) => ({
      atMs: atMs - (index + 0.2) * 0.8 * dayMs,
      zoneOffsetMinutes,
      seconds: minutes * 60,
    })),
  },
  focusedTime: {
    basis: { have: 8, need: 4 },
    found: { seconds: 14.3 * 3600, lowSeconds: 12.6 * 3600, highSeconds: 14.6 * 3600 },
    weeks: weekHours.map((hours, index) => ({
      fromDay: todayNumber - 84 + index * 7,
      seconds: hours === null ? null : hours * 3600,
    })),
  },
};

/** The first days: something of everything, and too little of all of it. */
export const earlyInsights: InsightsReading = {
  ...ordinaryInsights,
  recordedDays: 3,
  bestHours: {
    basis: { have: 3, need: 15 },
    found: null,
    hours: ordinaryInsights.bestHours.hours.slice(0, 3).map((hour) => ({ ...hour, days: 3 })),
  },
  spellLength: {
    basis: { have: 19, need: 20 },
    found: null,
    lengths: lengthsOf([0, 5, 10, 20, 30, 45, 60, 90], [9, 6, 4]),
  },
  beforeBreaks: {
    ...ordinaryInsights.beforeBreaks,
    basis: { have: 19, need: 20 },
    found: null,
  },
  recovery: {
    ...ordinaryInsights.recovery,
    basis: { have: 4, need: 20 },
    found: null,
    leftAgain: 0,
    lengths: lengthsOf([0, 2, 5, 10, 20, 30], [1, 3]),
    latest: ordinaryInsights.recovery.latest.slice(0, 4),
  },
  focusedTime: {
    basis: { have: 0, need: 4 },
    found: null,
    weeks: ordinaryInsights.focusedTime.weeks.map(({ fromDay }) => ({ fromDay, seconds: null })),
  },
};

/** A year of nothing. */
export const noInsights: InsightsReading = {
  ...earlyInsights,
  recordedDays: 0,
  bestHours: { basis: { have: 0, need: 15 }, found: null, hours: [] },
  spellLength: { basis: { have: 0, need: 20 }, found: null, lengths: [] },
  beforeBreaks: { basis: { have: 0, need: 20 }, found: null, latest: [] },
  recovery: {
    basis: { have: 0, need: 20 },
    longestSeconds: 1800,
    found: null,
    leftAgain: 0,
    lengths: [],
    latest: [],
  },
};
