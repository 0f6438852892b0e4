import type { InsightsReading } from '../../readings/insightsReading.ts';
import type { LivedDay } from './insightMinutes.ts';

/** The hours of the day that flow came in most, where that is more than chance (docs/insights.md). */

const hoursInDay = 24;
/** Three working weeks: with fewer days, one odd day would decide. */
const leastHourDays = 15;
/** A day tells when it has so much active time both within the hours and outside of them. */
const leastSidesSeconds = 15 * 60;
/** An hour that was worked on fewer days than this says nothing. */
const leastDaysOfHour = 10;
const fewestHours = 2;
/** More than this is most of a working day. */
const mostHours = 5;
/** As in the best hours of the week: clearly above the person's own average. */
const clearlyAbove = 1.15;
/**
 * So many standard deviations of a fair coin must the days with more flow be ahead of those with less. Three, as
 * about a hundred runs of hours are tried, and the best of a hundred fair coins is often two ahead.
 */
const signDeviations = 3;

type BestHours = InsightsReading['bestHours'];
type Found = NonNullable<BestHours['found']>;
type Hour = BestHours['hours'][number];

/** The best hours of the person's days, and every hour with active time. */
export function bestHoursOf(days: readonly LivedDay[], dayStartHour: number): BestHours {
  const telling = days.filter((day) => sumOf(day.activeSeconds) >= 2 * leastSidesSeconds);
  const order = Array.from({ length: hoursInDay }, (_, index) => (dayStartHour + index) % 24);
  const hours = order.map((hour) => hourOf(days, hour));
  return {
    basis: { have: telling.length, need: leastHourDays },
    found: telling.length < leastHourDays ? null : findBest(telling, hours),
    hours: hours.filter(({ activeSeconds }) => activeSeconds > 0),
  };
}

function hourOf(days: readonly LivedDay[], hour: number): Hour {
  const own = { hour, days: 0, activeSeconds: 0, inFlowSeconds: 0 };
  for (const day of days) {
    const activeSeconds = day.activeSeconds[hour] ?? 0;
    own.days += activeSeconds > 0 ? 1 : 0;
    own.activeSeconds += activeSeconds;
    own.inFlowSeconds += day.inFlowSeconds[hour] ?? 0;
  }
  return own;
}

/** Of all runs of hours that stand out, the one whose excess weighs most: by the root of its active time. */
function findBest(days: readonly LivedDay[], hours: readonly Hour[]): Found | null {
  const activeSeconds = hours.reduce((sum, hour) => sum + hour.activeSeconds, 0);
  const inFlowSeconds = hours.reduce((sum, hour) => sum + hour.inFlowSeconds, 0);
  const average = activeSeconds === 0 ? 0 : inFlowSeconds / activeSeconds;
  let best: Found | null = null;
  let bestWeight = 0;
  for (let first = 0; first + fewestHours <= hoursInDay; first++) {
    for (let count = fewestHours; count <= mostHours && first + count <= hoursInDay; count++) {
      const run = hours.slice(first, first + count);
      if (run.some((hour) => hour.days < leastDaysOfHour)) {
        continue;
      }
      const active = run.reduce((sum, hour) => sum + hour.activeSeconds, 0);
      const inFlow = run.reduce((sum, hour) => sum + hour.inFlowSeconds, 0);
      const share = inFlow / active;
      const weight = (share - average) * Math.sqrt(active);
      if (inFlow === 0 || share < average * clearlyAbove || weight <= bestWeight) {
        continue;
      }
      const { above, below } = compareDays(days, run);
      const told = above + below;
      if (told < leastDaysOfHour || above - below < signDeviations * Math.sqrt(told)) {
        continue;
      }
      const rest = activeSeconds - active;
      bestWeight = weight;
      best = {
        fromHour: run[0]?.hour ?? 0,
        toHour: ((run.at(-1)?.hour ?? 0) + 1) % hoursInDay,
        days: told,
        daysAbove: above,
        share: Math.min(1, share),
        restShare: rest === 0 ? 0 : Math.min(1, (inFlowSeconds - inFlow) / rest),
      };
    }
  }
  return best;
}

/** On how many days the hours had a larger share of flow than the rest of the same day, and a smaller one. */
function compareDays(
  days: readonly LivedDay[],
  run: readonly Hour[],
): { readonly above: number; readonly below: number } {
  let above = 0;
  let below = 0;
  for (const day of days) {
    const active = run.reduce((sum, { hour }) => sum + (day.activeSeconds[hour] ?? 0), 0);
    const inFlow = run.reduce((sum, { hour }) => sum + (day.inFlowSeconds[hour] ?? 0), 0);
    const restActive = sumOf(day.activeSeconds) - active;
    if (active < leastSidesSeconds || restActive < leastSidesSeconds) {
      continue;
    }
    const difference = inFlow / active - (sumOf(day.inFlowSeconds) - inFlow) / restActive;
    above += difference > 0 ? 1 : 0;
    below += difference < 0 ? 1 : 0;
  }
  return { above, below };
}

function sumOf(seconds: Float64Array): number {
  let sum = 0;
  for (const value of seconds) {
    sum += value;
  }
  return sum;
}
