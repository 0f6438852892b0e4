import type { BreakSign, InsightsReading } from '../../readings/insightsReading.ts';
import { formatClockHour, formatCount, formatDuration, formatPercent } from '../shared/format.ts';
import { text } from '../shared/strings.ts';

/** What each insight says, as calm as it is sure; never a cause, a goal or a praise. */

/** A statement, and what puts it into proportion. */
export interface InsightWords {
  readonly says: string;
  /** Empty where there is nothing to add. */
  readonly more: string;
}

type Basis = InsightsReading['spellLength']['basis'];

/** A sign is only named where it is this much more frequent than in the midst of spells. */
const clearlyMore = 1.5;
/** And was seen before so many breaks. */
const leastBreaks = 5;

/** How much is missing of what a statement needs, with the text for one and for several. */
function missing(
  { have, need }: Basis,
  one: 'insights.needsDay' | 'insights.needsSpell' | 'insights.needsAbsence' | 'insights.needsWeek',
  several:
    | 'insights.needsDays'
    | 'insights.needsSpells'
    | 'insights.needsAbsences'
    | 'insights.needsWeeks',
): InsightWords {
  const left = need - have;
  const says = left === 1 ? text(one) : text(several, { count: formatCount(left) });
  return { says, more: text('insights.soFar', { have: formatCount(have) }) };
}

/** Of the hours of the day. */
export function bestHoursWords({ basis, found }: InsightsReading['bestHours']): InsightWords {
  if (basis.have < basis.need) {
    return missing(basis, 'insights.needsDay', 'insights.needsDays');
  }
  if (found === null) {
    return { says: text('insights.hours.none'), more: '' };
  }
  return {
    says: text('insights.hours.says', {
      from: formatClockHour(found.fromHour),
      to: formatClockHour(found.toHour),
      share: formatPercent(found.share),
      rest: formatPercent(found.restShare),
    }),
    more: text('insights.hours.more', {
      above: formatCount(found.daysAbove),
      days: formatCount(found.days),
    }),
  };
}

/** Of the length of spells. */
export function spellWords({ basis, found }: InsightsReading['spellLength']): InsightWords {
  if (found === null) {
    return missing(basis, 'insights.needsSpell', 'insights.needsSpells');
  }
  return {
    says: text('insights.spells.says', {
      low: formatDuration(found.lowSeconds * 1000),
      high: formatDuration(found.highSeconds * 1000),
    }),
    more: text('insights.spells.more', {
      mid: formatDuration(found.midSeconds * 1000),
      count: formatCount(basis.have),
    }),
  };
}

/** Of what came right before breaks: what is clearly more frequent there than in the midst of spells. */
export function breakWords({ basis, found }: InsightsReading['beforeBreaks']): InsightWords {
  if (found === null) {
    return missing(basis, 'insights.needsSpell', 'insights.needsSpells');
  }
  const all = formatCount(basis.have);
  const times = (sign: BreakSign): number => found.find((own) => own.sign === sign)?.breaks ?? 0;
  const more = text('insights.breaks.more', { none: formatCount(times('none')), all });
  const named = found
    .filter(
      ({ breaks, usualShare }) =>
        usualShare !== null &&
        breaks >= leastBreaks &&
        breaks / basis.have >= clearlyMore * usualShare,
    )
    .sort((one, other) => other.breaks - one.breaks)[0];
  if (named === undefined || named.usualShare === null) {
    return { says: text('insights.breaks.nothing'), more };
  }
  const values = {
    count: formatCount(named.breaks),
    all,
    usual: formatPercent(named.usualShare),
  };
  return {
    says:
      named.sign === 'blur'
        ? text('insights.breaks.blur', values)
        : text('insights.breaks.block', values),
    more,
  };
}

/** Of the way back after an absence. */
export function recoveryWords(state: InsightsReading['recovery']): InsightWords {
  const { basis, found, longestSeconds } = state;
  if (found === null) {
    return missing(basis, 'insights.needsAbsence', 'insights.needsAbsences');
  }
  // It is measured in whole minutes: what took none took less than one.
  const words = (seconds: number): string => formatDuration(Math.max(60, seconds) * 1000);
  const longest = words(longestSeconds);
  return {
    says:
      found.midSeconds >= longestSeconds
        ? text('insights.recovery.long', { longest })
        : text('insights.recovery.says', { mid: words(found.midSeconds) }),
    more:
      found.highSeconds >= longestSeconds
        ? text('insights.recovery.moreLong', { longest, count: formatCount(basis.have) })
        : text('insights.recovery.more', {
            high: words(found.highSeconds),
            count: formatCount(basis.have),
          }),
  };
}

/** Of focused time beside the own usual; never whether that is good. */
export function focusedWords({ basis, found }: InsightsReading['focusedTime']): InsightWords {
  if (found === null) {
    return missing(basis, 'insights.needsWeek', 'insights.needsWeeks');
  }
  const values = {
    time: formatDuration(found.seconds * 1000),
    low: formatDuration(found.lowSeconds * 1000),
    high: formatDuration(found.highSeconds * 1000),
  };
  const says =
    found.seconds < found.lowSeconds || found.seconds > found.highSeconds
      ? text('insights.focused.outside', values)
      : text('insights.focused.within', values);
  return { says, more: text('insights.focused.more', { count: formatCount(basis.have) }) };
}

/** What was seen before a break, as one of a list. */
export function signWords(sign: BreakSign): string {
  return text(`insights.sign.${sign}`);
}
