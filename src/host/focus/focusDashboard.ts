import { activeMs, type FocusSession } from '../../facts/focusSession.ts';
import { dayBounds, type DayNumber } from '../../facts/localDay.ts';
import {
  figuresOfDay,
  figuresOfWeek,
  dayOfSession,
  type FocusFigures,
} from '../../focus/session/sessionFigures.ts';
import { totalPlannedMs } from '../../focus/session/sessionSteps.ts';
import type { FocusView } from '../../focus/session/focusView.ts';
import { foldName } from '../../focus/apps/processTable.ts';
import { scoreSession } from '../../focus/session/productivityScore.ts';
import type { EndedSession, FocusReading, FocusTotals } from '../../readings/focusReading.ts';
import type { FocusSettings } from '../settings/settingTable.ts';

/** Puts together what the dashboard shows of focus sessions. */

/** The sessions of the week that holds `day`, as the vault has them. */
export interface WeekOfSessions {
  readonly day: DayNumber;
  readonly dayStartHour: number;
  readonly sessions: readonly FocusSession[];
}

export interface FocusMoment {
  readonly view: FocusView | undefined;
  readonly settings: FocusSettings;
  readonly blockedSites: number;
  readonly blockedApps: number;
  readonly ways: readonly FocusReading['ways'][number][];
  readonly isBlocking: boolean;
  readonly week: WeekOfSessions | undefined;
}

const dayMs = 24 * 3_600_000;
// The dashboard's names are 253 characters at most; what is longer is none that could be blocked.
const longestName = 253;

/** The span to ask the vault for: two days more on either side, as sessions may be of a zone that is up to 26 hours away. */
export function weekSpan(day: DayNumber, dayStartHour: number): { startMs: number; endMs: number } {
  const { firstDay } = figuresOfWeek([], day, dayStartHour);
  return {
    startMs: dayBounds(firstDay, dayStartHour).startMs - 2 * dayMs,
    endMs: dayBounds(firstDay + 6, dayStartHour).endMs + 2 * dayMs,
  };
}

export function composeFocusReading(moment: FocusMoment): FocusReading {
  const { view, settings, ways, isBlocking, week, blockedSites, blockedApps } = moment;
  const closed = new Set(settings.closedApps.map(foldName));
  return {
    session:
      view === undefined
        ? null
        : {
            kind: view.kind,
            phase: view.phase,
            startMs: view.startMs,
            plannedMs: view.plannedMs,
            activeMs: view.activeMs,
            remainingMs: view.remainingMs,
            blockedSites,
            blockedApps,
          },
    lengthMinutes: settings.focusMinutes,
    suggestsBreaks: settings.suggestsBreaks,
    breakMinutes: settings.breakMinutes,
    sites: entriesOf(settings.blockedSites),
    apps: entriesOf(settings.blockedApps).map((app) => ({
      ...app,
      closes: closed.has(foldName(app.name)),
    })),
    ways: [...ways],
    isBlocking,
    today: week === undefined ? null : todayOf(week),
    week:
      week === undefined
        ? null
        : totalsOf(figuresOfWeek(week.sessions, week.day, week.dayStartHour)),
  };
}

function entriesOf(switches: FocusSettings['blockedSites']): { name: string; isOn: boolean }[] {
  return Object.entries(switches)
    .filter(([name]) => name.length <= longestName)
    .map(([name, isOn]) => ({ name, isOn }));
}

function todayOf({ sessions, day, dayStartHour }: WeekOfSessions): FocusReading['today'] {
  const own = sessions
    .filter((session) => dayOfSession(session, dayStartHour) === day)
    .sort((one, other) => one.startMs - other.startMs);
  return {
    ...totalsOf(figuresOfDay(sessions, day, dayStartHour)),
    ended: own.flatMap(endedOf),
  };
}

function totalsOf(figures: FocusFigures): FocusTotals {
  const { sessions, completed, focusMs, breaks, breakMs, meanScore } = figures;
  return { sessions, completed, focusMs, breaks, breakMs, meanScore: meanScore ?? null };
}

function endedOf(session: FocusSession): EndedSession[] {
  const { end } = session;
  if (end === undefined) {
    return [];
  }
  const score = scoreSession(session);
  return [
    {
      kind: session.kind,
      startMs: session.startMs,
      endMs: end.atMs,
      plannedMs: totalPlannedMs(session),
      activeMs: activeMs(session, end.atMs),
      endedBy: end.by,
      score:
        score === undefined
          ? null
          : { score: score.score, contributions: [...score.contributions] },
    },
  ];
}
