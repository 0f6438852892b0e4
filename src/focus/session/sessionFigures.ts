import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import { activeMs, type FocusSession } from '../../facts/focusSession.ts';
import { scoreSession } from './productivityScore.ts';

/** What a day or a week of sessions comes to. Breaks are counted apart. */
export interface FocusFigures {
  /** Focus and custom sessions that have ended, and how many of them ran their planned time. */
  readonly sessions: number;
  readonly completed: number;
  readonly focusMs: number;
  readonly longestMs: number;
  readonly breaks: number;
  readonly breakMs: number;
  /** Mean of the sessions that have a score, each weighted with its active time; `undefined` without any. */
  readonly meanScore: number | undefined;
}

export interface DayFocus extends FocusFigures {
  readonly day: DayNumber;
}

export interface WeekFocus extends FocusFigures {
  /** The day with which the week begins, and its seven days. */
  readonly firstDay: DayNumber;
  readonly days: readonly DayFocus[];
}

/** A session belongs to the day on which it began, so that one across midnight is not torn in two. */
export function dayOfSession(session: FocusSession, dayStartHour: number): DayNumber {
  return dayAt(session.startMs, session.zoneOffsetMinutes, dayStartHour);
}

export function figuresOfDay(
  sessions: readonly FocusSession[],
  day: DayNumber,
  dayStartHour: number,
): DayFocus {
  const own = sessions.filter((session) => dayOfSession(session, dayStartHour) === day);
  return { day, ...figuresOf(own) };
}

/**
 * The week that holds a day.
 * @param weekStart 0 Sunday ... 6 Saturday; 1 (Monday) is ISO 8601's
 */
export function figuresOfWeek(
  sessions: readonly FocusSession[],
  day: DayNumber,
  dayStartHour: number,
  weekStart = 1,
): WeekFocus {
  // Day 0, 1970-01-01, was a Thursday.
  const weekday = (((day + 4) % 7) + 7) % 7;
  const firstDay = day - ((weekday - weekStart + 7) % 7);
  const days = Array.from({ length: 7 }, (_, index) =>
    figuresOfDay(sessions, firstDay + index, dayStartHour),
  );
  const within = sessions.filter((session) => {
    const own = dayOfSession(session, dayStartHour);
    return own >= firstDay && own < firstDay + 7;
  });
  return { firstDay, days, ...figuresOf(within) };
}

function figuresOf(sessions: readonly FocusSession[]): FocusFigures {
  let completed = 0;
  let count = 0;
  let focusMs = 0;
  let longestMs = 0;
  let breaks = 0;
  let breakMs = 0;
  let weightedScore = 0;
  let weight = 0;
  for (const session of sessions) {
    if (session.end === undefined) {
      continue;
    }
    const active = activeMs(session, session.end.atMs);
    if (session.kind === 'break') {
      breaks += 1;
      breakMs += active;
      continue;
    }
    count += 1;
    focusMs += active;
    longestMs = Math.max(longestMs, active);
    completed += session.end.by === 'time' ? 1 : 0;
    const score = scoreSession(session)?.score;
    if (score !== undefined) {
      weightedScore += score * active;
      weight += active;
    }
  }
  const meanScore = weight > 0 ? weightedScore / weight : undefined;
  return { sessions: count, completed, focusMs, longestMs, breaks, breakMs, meanScore };
}
