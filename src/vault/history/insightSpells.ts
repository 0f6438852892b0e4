import type { BreakSign, InsightsReading } from '../../readings/insightsReading.ts';
import { longestInterruptionMinutes, spellBreakMinutes } from './daySummary.ts';
import type { LivedMinute } from './insightMinutes.ts';
import { ascending, quantile } from './quantile.ts';

/** Spells, what the record holds of their ends, and the way back after an absence (docs/insights.md). */

const minuteMs = 60_000;
/** With fewer, a quartile would rest on less than five of them. */
const leastSpells = 20;
const leastRecoveries = 20;
/** What is shown one by one. */
const latestShown = 8;
/** Two minutes: so long the detector holds a state that the typing no longer bears out. */
const signMinutes = 2;
/** Whoever was at something else for longer than this before they left was not torn out of it. */
const leftWithinMinutes = 2;
/** A way back that takes longer is told as "longer". */
const longestRecoveryMinutes = 30;

const spellBoundsMinutes = [0, 5, 10, 20, 30, 45, 60, 90];
const recoveryBoundsMinutes = [0, 2, 5, 10, 20, longestRecoveryMinutes];

/** A run of focused minutes without a break of three minutes, as a day's longest spell is one. */
export interface Spell {
  /** The focused minutes, ascending; never empty. */
  readonly minutes: readonly LivedMinute[];
  readonly seconds: number;
  readonly last: LivedMinute;
  /** Whether anything is recorded of the minute after its last. */
  readonly goesOn: boolean;
}

/** All spells that have ended. @param endMs now: what may still go on then is left out */
export function findSpells(minutes: readonly LivedMinute[], endMs: number): readonly Spell[] {
  const spells: Spell[] = [];
  let run: LivedMinute[] = [];
  let goesOn = false;
  const close = (): void => {
    const [first] = run;
    const last = run.at(-1);
    if (first !== undefined && last !== undefined) {
      const seconds = Math.round((last.endMs - first.startMs) / 1000);
      spells.push({ minutes: run, seconds, last, goesOn });
    }
    run = [];
    goesOn = false;
  };
  for (const minute of minutes) {
    const last = run.at(-1);
    if (!minute.isFocused) {
      goesOn ||= last !== undefined && minute.minute === last.minute + 1;
      continue;
    }
    if (last !== undefined && minute.minute - last.minute - 1 >= spellBreakMinutes) {
      close();
    }
    run.push(minute);
    goesOn = false;
  }
  const last = run.at(-1);
  if (last !== undefined && endMs - last.endMs >= spellBreakMinutes * minuteMs) {
    close();
  }
  return spells;
}

/** The quartiles of spells, and how many lasted how long. */
export function spellLengths(spells: readonly Spell[]): InsightsReading['spellLength'] {
  const seconds = ascending(spells.map((spell) => spell.seconds));
  return {
    basis: { have: seconds.length, need: leastSpells },
    found:
      seconds.length < leastSpells
        ? null
        : {
            lowSeconds: quantile(seconds, 0.25),
            midSeconds: quantile(seconds, 0.5),
            highSeconds: quantile(seconds, 0.75),
          },
    lengths: classesOf(seconds, spellBoundsMinutes),
  };
}

/** What came right before spells ended, beside how often the same is seen in the midst of them. */
export function beforeBreaks(spells: readonly Spell[]): InsightsReading['beforeBreaks'] {
  const breaks: Record<BreakSign, number> = { blur: 0, block: 0, stop: 0, none: 0 };
  const midst = { stretches: 0, blur: 0, block: 0 };
  for (const spell of spells) {
    for (const sign of signsOf(spell)) {
      breaks[sign]++;
    }
    const { minutes } = spell;
    // Every stretch of the spell that is as long as the one before the end, and shares no minute with it.
    for (let end = signMinutes; end <= minutes.length - signMinutes; end++) {
      midst.stretches++;
      midst.blur += isSeen(minutes, end, hasBlur) ? 1 : 0;
      midst.block += isSeen(minutes, end, hasBlock) ? 1 : 0;
    }
  }
  const usual = (times: number): number | null =>
    midst.stretches < leastSpells ? null : times / midst.stretches;
  return {
    basis: { have: spells.length, need: leastSpells },
    found:
      spells.length < leastSpells
        ? null
        : [
            { sign: 'blur', breaks: breaks.blur, usualShare: usual(midst.blur) },
            { sign: 'block', breaks: breaks.block, usualShare: usual(midst.block) },
            { sign: 'stop', breaks: breaks.stop, usualShare: null },
            { sign: 'none', breaks: breaks.none, usualShare: null },
          ],
    latest: spells
      .slice(-latestShown)
      .reverse()
      .map((spell) => ({
        atMs: spell.last.endMs,
        zoneOffsetMinutes: spell.last.zoneOffsetMinutes,
        spellSeconds: spell.seconds,
        signs: signsOf(spell),
      })),
  };
}

/** Whether a sign is in the stretch before `end`; without a list for each, as there are so many of them. */
function isSeen(
  minutes: readonly LivedMinute[],
  end: number,
  has: (minute: LivedMinute) => boolean,
): boolean {
  for (let index = end - signMinutes; index < end; index++) {
    const minute = minutes[index];
    if (minute !== undefined && has(minute)) {
      return true;
    }
  }
  return false;
}

function signsOf({ minutes, goesOn }: Spell): BreakSign[] {
  const end = minutes.slice(-signMinutes);
  const signs: BreakSign[] = [];
  const lostFocus = end.some(hasBlur);
  if (lostFocus) {
    signs.push('blur');
  }
  if (end.some(hasBlock)) {
    signs.push('block');
  }
  // A window that lost the focus says itself why nothing more is recorded.
  if (!goesOn && !lostFocus) {
    signs.push('stop');
  }
  return signs.length === 0 ? ['none'] : signs;
}

function hasBlur({ blurs }: LivedMinute): boolean {
  return blurs > 0;
}

function hasBlock({ blockChars }: LivedMinute): boolean {
  return blockChars > 0;
}

/**
 * How long it took from the return after an absence of 3 to 15 minutes, begun within two minutes of focused work,
 * until work was steady or in flow again; to the minute. A shorter absence ends no spell: nothing was lost.
 */
export function recoveries(
  minutes: readonly LivedMinute[],
  endMs: number,
): InsightsReading['recovery'] {
  const found: { readonly back: LivedMinute; readonly seconds: number }[] = [];
  let leftAgain = 0;
  let lastFocused = -Infinity;
  let back: LivedMinute | undefined;
  let before: LivedMinute | undefined;
  const settle = (focusedMinute: number): void => {
    if (back !== undefined) {
      const took = Math.min(focusedMinute - back.minute, longestRecoveryMinutes);
      found.push({ back, seconds: took * 60 });
      back = undefined;
    }
  };
  for (const minute of minutes) {
    const missing = before === undefined ? 0 : minute.minute - before.minute - 1;
    if (back !== undefined && minute.minute - back.minute >= longestRecoveryMinutes) {
      // Either they were at it for so long, or a long absence came between.
      if (missing > longestInterruptionMinutes) {
        leftAgain++;
        back = undefined;
      } else {
        settle(Infinity);
      }
    } else if (back !== undefined && missing > longestInterruptionMinutes) {
      leftAgain++;
      back = undefined;
    }
    const isTornOut =
      back === undefined &&
      before !== undefined &&
      missing >= spellBreakMinutes &&
      missing <= longestInterruptionMinutes &&
      before.minute - lastFocused <= leftWithinMinutes;
    if (isTornOut) {
      back = minute;
    }
    if (minute.isFocused) {
      settle(minute.minute);
      lastFocused = minute.minute;
    }
    before = minute;
  }
  if (back !== undefined && before !== undefined) {
    const isGone = endMs - before.endMs > longestInterruptionMinutes * minuteMs;
    leftAgain += isGone ? 1 : 0;
  }
  const seconds = ascending(found.map((recovery) => recovery.seconds));
  return {
    basis: { have: seconds.length, need: leastRecoveries },
    longestSeconds: longestRecoveryMinutes * 60,
    found:
      seconds.length < leastRecoveries
        ? null
        : { midSeconds: quantile(seconds, 0.5), highSeconds: quantile(seconds, 0.75) },
    leftAgain,
    lengths: classesOf(seconds, recoveryBoundsMinutes),
    latest: found
      .slice(-latestShown)
      .reverse()
      .map((recovery) => ({
        atMs: recovery.back.startMs,
        zoneOffsetMinutes: recovery.back.zoneOffsetMinutes,
        seconds: recovery.seconds,
      })),
  };
}

function classesOf(
  seconds: readonly number[],
  boundsMinutes: readonly number[],
): InsightsReading['spellLength']['lengths'] {
  return boundsMinutes.map((fromMinutes, index) => {
    const fromSeconds = fromMinutes * 60;
    const toMinutes = boundsMinutes[index + 1];
    const toSeconds = toMinutes === undefined ? null : toMinutes * 60;
    const isWithin = (value: number): boolean =>
      value >= fromSeconds && value < (toSeconds ?? Infinity);
    return { fromSeconds, toSeconds, times: seconds.filter(isWithin).length };
  });
}
