import type { DashboardState } from '../../src/protocol/dashboard.ts';
import type {
  EndedSession,
  FocusReading,
  RunningSession,
} from '../../src/readings/focusReading.ts';
import { atMs, clock, ordinary } from './snapshots.ts';

/** Focus sessions of that afternoon. */

const minuteMs = 60_000;

const ended = (
  start: string,
  end: string,
  plannedMinutes: number,
  rest: Pick<EndedSession, 'kind' | 'endedBy'>,
  numbers?: readonly [completion: number, engagement: number, left: number, tries: number],
): EndedSession => {
  const [completion, engagement, left, tries] = numbers ?? [0, 0, 0, 0];
  const contributions = [
    { input: 'completion' as const, value: completion, points: 30 * completion, ofPoints: 30 },
    {
      input: 'engagement' as const,
      value: engagement,
      points: 45 * Math.min(1, engagement / 0.8),
      ofPoints: 45,
    },
    { input: 'steadiness' as const, value: left, points: 15 * (1 - left / 12), ofPoints: 15 },
    { input: 'restraint' as const, value: tries, points: 10 * (1 - tries / 12), ofPoints: 10 },
  ];
  return {
    ...rest,
    startMs: clock(start),
    endMs: clock(end),
    plannedMs: plannedMinutes * minuteMs,
    activeMs: clock(end) - clock(start),
    score:
      numbers === undefined
        ? null
        : {
            score: Math.round(contributions.reduce((sum, { points }) => sum + points, 0)),
            contributions,
          },
  };
};

export const endedSessions: readonly EndedSession[] = [
  ended('9:08', '9:58', 50, { kind: 'focus', endedBy: 'time' }, [1, 0.86, 2.4, 0]),
  ended('9:58', '10:05', 5, { kind: 'break', endedBy: 'time' }),
  ended('11:10', '12:00', 50, { kind: 'focus', endedBy: 'time' }, [1, 0.71, 1.2, 3.6]),
  ended('13:10', '13:14', 25, { kind: 'custom', endedBy: 'early' }),
];

export const runningSession: RunningSession = {
  kind: 'focus',
  phase: 'running',
  startMs: clock('15:04'),
  plannedMs: 50 * minuteMs,
  activeMs: 31 * minuteMs + 36_000,
  remainingMs: 18 * minuteMs + 24_000,
  blockedSites: 3,
  blockedApps: 2,
};

export const idleFocus: FocusReading = {
  session: null,
  lengthMinutes: 50,
  suggestsBreaks: true,
  breakMinutes: 5,
  sites: [
    { name: 'news.ycombinator.com', isOn: true },
    { name: 'reddit.com', isOn: true },
    { name: 'x.com', isOn: true },
    { name: 'youtube.com', isOn: false },
  ],
  apps: [
    { name: 'Slack', isOn: true, closes: false },
    { name: 'Discord', isOn: true, closes: true },
  ],
  ways: [
    { way: 'companion', name: 'Browser extension', state: 'notPaired', reason: null },
    { way: 'proxy', name: 'Proxy', state: 'ready', reason: null },
    {
      way: 'hosts',
      name: 'Hosts file',
      state: 'failed',
      reason: 'The hosts file cannot be written, and the helper is not installed.',
    },
  ],
  isBlocking: false,
  today: {
    sessions: 3,
    completed: 2,
    focusMs: 104 * minuteMs,
    breaks: 1,
    breakMs: 7 * minuteMs,
    meanScore: 88,
    ended: [...endedSessions],
  },
  week: {
    sessions: 9,
    completed: 7,
    focusMs: 371 * minuteMs,
    breaks: 5,
    breakMs: 31 * minuteMs,
    meanScore: 81,
  },
};

export const inSession: FocusReading = { ...idleFocus, session: runningSession, isBlocking: true };

/** The same with its session changed. */
export function sessionWith(session: Partial<RunningSession>): FocusReading {
  return { ...inSession, session: { ...runningSession, ...session } };
}

export const pausedFocus: FocusReading = {
  ...sessionWith({ phase: 'paused', blockedSites: 0, blockedApps: 0 }),
  isBlocking: false,
};

export const overtimeFocus: FocusReading = sessionWith({
  phase: 'overtime',
  activeMs: 52 * minuteMs + 10_000,
  remainingMs: 0,
});

export const breakFocus: FocusReading = {
  ...idleFocus,
  session: {
    kind: 'break',
    phase: 'running',
    startMs: atMs - 100_000,
    plannedMs: 5 * minuteMs,
    activeMs: 100_000,
    remainingMs: 200_000,
    blockedSites: 0,
    blockedApps: 0,
  },
};

/** Nothing chosen, nothing done, one odd length. */
export const freshFocus: FocusReading = {
  ...idleFocus,
  lengthMinutes: 40,
  suggestsBreaks: false,
  sites: [],
  apps: [],
  ways: [{ way: 'companion', name: 'Browser extension', state: 'off', reason: null }],
  today: {
    sessions: 0,
    completed: 0,
    focusMs: 0,
    breaks: 0,
    breakMs: 0,
    meanScore: null,
    ended: [],
  },
  week: { sessions: 0, completed: 0, focusMs: 0, breaks: 0, breakMs: 0, meanScore: null },
};

export const withFocus = (focus: FocusReading | null): DashboardState => ({ ...ordinary, focus });
