import type { FlowState } from '../../src/facts/flow.ts';
import { dayAt } from '../../src/facts/localDay.ts';
import type { DashboardState } from '../../src/protocol/dashboard.ts';
import type { DayReading, SpanReading } from '../../src/readings/dayReading.ts';
import type { NowReading } from '../../src/readings/nowReading.ts';
import type { VaultReading } from '../../src/readings/vaultReading.ts';
import type { BestHoursReading } from '../../src/readings/bestHoursReading.ts';
import type { WeekReading } from '../../src/readings/weekReading.ts';

/** Snapshots to draw: one ordinary afternoon, and what differs from it. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** 2026-11-18, a Wednesday, 00:00 in a zone one hour east of UTC. */
const midnightMs = Date.UTC(2026, 10, 17, 23);
export const zoneOffsetMinutes = 60;
export const atMs = clock('15:36');

/** Wall-clock milliseconds of a time of that day. */
export function clock(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return midnightMs + (hours ?? 0) * hourMs + (minutes ?? 0) * minuteMs;
}

const noEvidence: NowReading['evidence'] = {
  edits: 220,
  editsNeeded: 15,
  typedChars: 480,
  blockChars: 30,
  unknownChars: 0,
  navigations: 12,
  blurs: 0,
  lastEditMs: atMs - 4000,
  focused: true,
};

const scoredParts: Readonly<Record<'building' | 'steady' | 'inFlow', readonly number[]>> = {
  building: [1.2, 3.8, -2.9, 0.1, 0.8],
  steady: [2.1, 8.9, 3.2, -4.1, -1.1],
  inFlow: [4.2, 12.9, 8.1, -5.3, 6.1],
};
const features = ['rhythm', 'focus', 'consistency', 'error', 'velocity'] as const;

/** A moment in the given state, as the detector would tell it. */
export function nowIn(state: FlowState): NowReading {
  const base: NowReading = {
    state,
    sinceMs: atMs - 3 * minuteMs,
    spellMs: 0,
    inFlowMs: 0,
    score: null,
    low: null,
    high: null,
    confidence: 0,
    usual: { score: 46, low: 38, high: 58 },
    baselineMinutes: 600,
    baselineMinutesNeeded: 120,
    contributions: [],
    evidence: noEvidence,
  };
  const scored = (kind: keyof typeof scoredParts): NowReading['contributions'] =>
    features.map((feature, index) => ({ feature, points: scoredParts[kind][index] ?? 0 }));
  switch (state) {
    case 'building':
      return {
        ...base,
        spellMs: 3 * minuteMs,
        score: 49,
        low: 36,
        high: 62,
        confidence: 0.3,
        contributions: scored('building'),
      };
    case 'steady':
      return {
        ...base,
        spellMs: 12 * minuteMs,
        score: 55,
        low: 44,
        high: 66,
        confidence: 0.6,
        contributions: scored('steady'),
      };
    case 'inFlow':
      return {
        ...base,
        spellMs: 46 * minuteMs,
        inFlowMs: 24 * minuteMs,
        score: 72,
        low: 63,
        high: 81,
        confidence: 0.7,
        contributions: scored('inFlow'),
      };
    case 'unknown':
      return { ...base, evidence: { ...noEvidence, edits: 6, lastEditMs: atMs - 50_000 } };
    case 'assisted':
      return {
        ...base,
        evidence: { ...noEvidence, typedChars: 240, blockChars: 710, unknownChars: 50 },
      };
    case 'reading':
      return {
        ...base,
        evidence: { ...noEvidence, edits: 0, navigations: 14, lastEditMs: atMs - 7 * minuteMs },
      };
    case 'away':
      return {
        ...base,
        sinceMs: atMs - 6 * minuteMs,
        evidence: { ...noEvidence, focused: false, lastEditMs: clock('15:08') },
      };
    case 'paused':
      return { ...base, sinceMs: clock('15:20') };
  }
}

/** Start of a stretch, its state and its score; it ends where the next one starts. */
const course: readonly (readonly [start: string, state: FlowState, score?: number])[] = [
  ['8:42', 'unknown'],
  ['8:48', 'reading'],
  ['9:02', 'building', 41],
  ['9:10', 'steady', 58],
  ['9:36', 'inFlow', 79],
  ['9:58', 'away'],
  ['10:11', 'building', 38],
  ['10:18', 'steady', 55],
  ['10:41', 'unknown'],
  ['10:52', 'reading'],
  ['11:08', 'building', 44],
  ['11:14', 'steady', 60],
  ['11:31', 'inFlow', 76],
  ['12:02', 'steady', 62],
  ['12:13', 'away'],
  ['13:05', 'unknown'],
  ['13:13', 'assisted'],
  ['13:37', 'building', 36],
  ['13:43', 'steady', 54],
  ['14:06', 'away'],
  ['14:22', 'reading'],
  ['14:41', 'unknown'],
  ['14:50', 'building', 47],
  ['14:58', 'steady', 61],
  ['15:12', 'inFlow', 74],
];

const spans: readonly SpanReading[] = course.map(([start, state, score], index) => ({
  startMs: clock(start),
  endMs: clock(course[index + 1]?.[0] ?? '15:36'),
  state,
  score: score ?? null,
}));

/** A score that climbs to the stretch's own and wavers about it, minute by minute. */
const scores: DayReading['scores'] = spans.flatMap((span) => {
  const minutes = (span.endMs - span.startMs) / minuteMs;
  const { score } = span;
  return score === null
    ? []
    : Array.from({ length: minutes }, (_, index): [number, number, number] => {
        const wave = 4 * Math.sin(index * 1.7) + 3 * Math.sin(index * 0.6);
        const climb = -12 * Math.exp(-index / 4);
        const minute = (span.startMs - clock('4:00')) / minuteMs + index;
        return [minute, Math.round(score + climb + wave), 0.62 + 0.1 * Math.sin(index / 5)];
      });
});

function secondsIn(all: readonly SpanReading[]): DayReading['seconds'] {
  const seconds: Partial<Record<FlowState, number>> = {};
  for (const { state, startMs, endMs } of all) {
    seconds[state] = (seconds[state] ?? 0) + (endMs - startMs) / 1000;
  }
  return seconds;
}

export const ordinaryDay: DayReading = {
  startMs: clock('4:00'),
  endMs: clock('28:00'),
  seconds: secondsIn(spans),
  focusedSeconds: (3 * 60 + 11) * 60,
  longestSpellSeconds: 65 * 60,
  interruptions: 3,
  interruptionsAtMs: [clock('9:58'), clock('10:41'), clock('14:06')],
  spans: [...spans],
  scores,
  sessions: [
    { startMs: clock('8:42'), endMs: clock('9:58'), focusedSeconds: 48 * 60 },
    { startMs: clock('10:11'), endMs: clock('12:13'), focusedSeconds: 82 * 60 },
    { startMs: clock('13:05'), endMs: clock('14:06'), focusedSeconds: 23 * 60 },
    { startMs: clock('14:22'), endMs: clock('15:36'), focusedSeconds: 38 * 60 },
  ],
  demo: false,
};

export const emptyDay: DayReading = {
  ...ordinaryDay,
  seconds: {},
  focusedSeconds: 0,
  longestSpellSeconds: 0,
  interruptions: 0,
  interruptionsAtMs: [],
  spans: [],
  scores: [],
  sessions: [],
};

const readyVault: VaultReading = {
  condition: 'ready',
  isWithheld: false,
  unsavedMinutes: 0,
  lastSnapshotMs: clock('13:40'),
};

export const todayNumber = dayAt(atMs, zoneOffsetMinutes, 4);

const minutesOfDays: readonly (readonly [
  inFlow: number,
  steady: number,
  low: number,
  high: number,
])[] = [
  [52, 116, 125, 195],
  [88, 124, 130, 200],
  [20, 94, 95, 165],
  [0, 0, 0, 20],
  [8, 27, 0, 45],
  [38, 102, 110, 175],
  [77, 114, 125, 200],
];

export const ordinaryWeek: WeekReading = {
  days: minutesOfDays.map(([inFlow, steady, low, high], index) => ({
    day: todayNumber - 6 + index,
    inFlowSeconds: inFlow * 60,
    steadySeconds: steady * 60,
    usual: { lowSeconds: low * 60, highSeconds: high * 60 },
  })),
  demo: false,
};

/** Shares of flow in percent from 7 to 20 o'clock, Monday first; 0 is too little data. */
const shares = [
  '0 8 8 17 27 17 8 8 8 17 8 8 0 0',
  '0 8 17 41 41 27 8 8 17 27 17 8 0 0',
  '0 8 17 41 41 27 8 8 27 27 27 8 0 0',
  '0 8 17 41 41 27 17 8 17 27 17 8 0 0',
  '0 8 8 27 27 17 8 8 8 17 8 8 0 0',
  '0 0 0 0 8 0 0 0 0 8 0 0 0 0',
  '0 8 0 17 17 8 0 0 8 8 8 0 0 0',
];

export const ordinaryHours: BestHoursReading = {
  weeks: 12,
  hours: shares.flatMap((row, weekday) =>
    row.split(' ').map((share, index) => ({
      weekday,
      hour: 7 + index,
      activeSeconds: share === '0' ? 600 : 8 * 3600,
      inFlowSeconds: (Number(share) / 100) * 8 * 3600,
    })),
  ),
  demo: false,
};

export const ordinary: DashboardState = {
  history: { today: todayNumber, previousDay: todayNumber - 1 },
  week: ordinaryWeek,
  bestHours: ordinaryHours,
  now: nowIn('inFlow'),
  today: ordinaryDay,
  reading: 'done',
  thresholds: { enter: 55, leave: 25 },
  vault: readyVault,
  zoneOffsetMinutes,
  atMs,
};

export const firstRun: DashboardState = {
  ...ordinary,
  now: {
    ...nowIn('unknown'),
    baselineMinutes: 0,
    evidence: {
      ...noEvidence,
      edits: 0,
      typedChars: 0,
      blockChars: 0,
      navigations: 0,
      lastEditMs: null,
    },
  },
  today: emptyDay,
  history: { today: todayNumber, previousDay: null },
  week: null,
  bestHours: null,
  vault: { ...readyVault, lastSnapshotMs: null },
};

/** The dashboard under each condition of the vault. */
export function underCondition(condition: VaultReading['condition']): DashboardState {
  const isDayKnown = condition === 'ready' || condition === 'unwritable';
  return {
    ...ordinary,
    now: { ...nowIn('steady'), baselineMinutes: condition === 'locked' ? 0 : 600 },
    today: isDayKnown ? ordinaryDay : null,
    history: isDayKnown ? { today: todayNumber, previousDay: todayNumber - 1 } : null,
    week: isDayKnown ? ordinaryWeek : null,
    bestHours: isDayKnown ? ordinaryHours : null,
    vault: {
      condition,
      isWithheld: false,
      unsavedMinutes:
        condition === 'unwritable' || condition === 'unusable' || condition === 'damaged' ? 42 : 0,
      lastSnapshotMs: condition === 'ready' ? clock('-6:10') : null,
    },
  };
}
