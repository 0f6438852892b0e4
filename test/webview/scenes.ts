import { flowStates } from '../../src/facts/flow.ts';
import { vaultConditions } from '../../src/readings/vaultReading.ts';
import { focusScenes } from './focusScenes.ts';
import { idleFocus } from './focusSnapshots.ts';
import { earlyInsights, noInsights, ordinaryInsights } from './insightSnapshots.ts';
import { failingBackups } from './dataSnapshots.ts';
import * as snapshots from './snapshots.ts';
import * as stock from './storedSnapshots.ts';

/** An element with what it is given; every element of the dashboard stands here at least once. */
export interface Scene {
  readonly name: string;
  readonly tag: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const { atMs, zoneOffsetMinutes, ordinaryDay: day, nowIn } = snapshots;
const time = { atMs, zoneOffsetMinutes };

export const scenes: readonly Scene[] = [
  ...flowStates.map((state) => ({
    name: `now, ${state}`,
    tag: 'millrace-now',
    properties: { ...time, now: nowIn(state) },
  })),
  { name: 'now, before the first snapshot', tag: 'millrace-now', properties: {} },
  {
    name: 'now, compared with typical people',
    tag: 'millrace-now',
    properties: { ...time, now: { ...nowIn('inFlow'), baselineMinutes: 34 } },
  },
  {
    name: 'now, at both ends of the scale',
    tag: 'millrace-now',
    properties: {
      ...time,
      now: {
        ...nowIn('inFlow'),
        score: 100,
        low: 88,
        high: 100,
        usual: { score: 4, low: 0, high: 9 },
        contributions: nowIn('inFlow').contributions.map((one) => ({ ...one, points: 19.2 })),
      },
    },
  },
  { name: 'question', tag: 'millrace-question', properties: { askedMs: atMs } },
  { name: 'score meter', tag: 'millrace-score-meter', properties: { now: nowIn('steady') } },
  { name: 'why', tag: 'millrace-why', properties: { now: nowIn('steady') } },
  {
    name: 'evidence',
    tag: 'millrace-evidence',
    properties: { ...time, now: nowIn('assisted') },
  },
  { name: 'pane, open', tag: 'millrace-pane', properties: { heading: 'Today', open: true } },
  {
    name: 'pane, closed',
    tag: 'millrace-pane',
    properties: { heading: 'Vault', summary: 'unlocked, backed up today 13:40, kept here' },
  },
  { name: 'day totals', tag: 'millrace-day-totals', properties: { day } },
  { name: 'day ribbon', tag: 'millrace-day-ribbon', properties: { ...time, day } },
  { name: 'day legend', tag: 'millrace-day-legend', properties: { day } },
  { name: 'day table', tag: 'millrace-day-table', properties: { day, zoneOffsetMinutes } },
  {
    name: 'score curve',
    tag: 'millrace-score-curve',
    properties: { ...time, day, thresholds: { enter: 55, leave: 25 } },
  },
  { name: 'session list', tag: 'millrace-session-list', properties: { day, zoneOffsetMinutes } },
  {
    name: 'today',
    tag: 'millrace-today',
    properties: { ...time, day, condition: 'ready' },
  },
  {
    name: 'today, as a table',
    tag: 'millrace-today',
    properties: { ...time, day, condition: 'ready', asTable: true },
  },
  {
    name: 'today, made up',
    tag: 'millrace-today',
    properties: { ...time, day: { ...day, demo: true }, condition: 'ready' },
  },
  {
    name: 'today, empty',
    tag: 'millrace-today',
    properties: { ...time, day: snapshots.emptyDay, condition: 'ready' },
  },
  {
    name: 'another day',
    tag: 'millrace-today',
    properties: {
      ...time,
      condition: 'ready',
      history: snapshots.ordinary.history,
      other: {
        day: snapshots.todayNumber - 1,
        content: {
          day: snapshots.emptyDay,
          previousDay: snapshots.todayNumber - 5,
          nextDay: snapshots.todayNumber,
        },
      },
    },
  },
  { name: 'week bars', tag: 'millrace-week-bars', properties: { week: snapshots.ordinaryWeek } },
  {
    name: 'best hours',
    tag: 'millrace-best-hours',
    properties: { bestHours: snapshots.ordinaryHours },
  },
  {
    name: 'week',
    tag: 'millrace-week',
    properties: { week: snapshots.ordinaryWeek, bestHours: snapshots.ordinaryHours, open: true },
  },
  {
    name: 'week, as tables',
    tag: 'millrace-week',
    properties: {
      week: snapshots.ordinaryWeek,
      bestHours: snapshots.ordinaryHours,
      open: true,
      asTable: true,
    },
  },
  {
    name: 'today, that could not be read',
    tag: 'millrace-today',
    properties: { ...time, day: null, condition: 'ready', reading: 'failed' },
  },
  { name: 'what to do where it could not be read', tag: 'millrace-reading-failed', properties: {} },
  ...vaultConditions.map((condition) => ({
    name: `what is stored, ${condition}`,
    tag: 'millrace-stored',
    properties: { zoneOffsetMinutes, condition, view: stock.ordinaryStored },
  })),
  ...(['reading', 'failed'] as const).map((overview) => ({
    name: `what is stored, ${overview}`,
    tag: 'millrace-stored',
    properties: { condition: 'ready', view: { overview, shelves: {} } },
  })),
  ...(['reading', 'read', 'failed'] as const).map((state) => ({
    name: `records of a kind, ${state}`,
    tag: 'millrace-stored-shelf',
    properties: {
      zoneOffsetMinutes,
      open: true,
      entry: stock.ordinaryStock.kinds[0],
      shelf: { ...stock.sessionShelf, state },
    },
  })),
  {
    name: 'records of a kind of which there are none',
    tag: 'millrace-stored-shelf',
    properties: { open: true, entry: stock.ordinaryStock.kinds[1] },
  },
  ...(
    [
      ['session', stock.storedSession(3)],
      ['feedback', stock.storedAnswer],
      ['focusSession', stock.storedFocus],
      ['template', stock.storedTemplate],
      ['audit', stock.storedAudit],
      ['tombstone', stock.storedTombstone],
      ['session', stock.oddRecord],
    ] as const
  ).map(([kind, record], index) => ({
    name: `stored record ${index + 1}, ${kind}`,
    tag: 'millrace-stored-record',
    properties: { zoneOffsetMinutes, open: true, kind, record },
  })),
  ...focusScenes,
  {
    name: 'insights',
    tag: 'millrace-insights',
    properties: { insights: ordinaryInsights, open: true },
  },
  {
    name: 'insights, with all evidence',
    tag: 'millrace-insights',
    properties: { insights: ordinaryInsights, open: true, evidenceOpen: true },
  },
  {
    name: 'insights, too early',
    tag: 'millrace-insights',
    properties: { insights: earlyInsights, open: true, evidenceOpen: true },
  },
  {
    name: 'insights, of nothing',
    tag: 'millrace-insights',
    properties: { insights: { ...noInsights, demo: true, imported: true }, open: true },
  },
  {
    name: 'insight',
    tag: 'millrace-insight',
    properties: { heading: 'Length of a spell', says: 'Needs 3 more spells.', pending: true },
  },
  { name: 'first run', tag: 'millrace-first-run', properties: { condition: 'ready' } },
  ...vaultConditions.map((condition) => ({
    name: `vault, ${condition}`,
    tag: 'millrace-vault',
    properties: { ...time, vault: snapshots.underCondition(condition).vault, open: true },
  })),
  ...vaultConditions.map((condition) => ({
    name: `notice, ${condition}`,
    tag: 'millrace-notice',
    properties: { vault: snapshots.underCondition(condition).vault },
  })),
  {
    name: 'vault, backups fail',
    tag: 'millrace-vault',
    properties: {
      ...time,
      vault: snapshots.underCondition('ready').vault,
      data: { ...failingBackups, asksForKitCheck: true },
      open: true,
    },
  },
  { name: 'kit check', tag: 'millrace-kit-check', properties: {} },
  {
    name: 'vault actions',
    tag: 'millrace-vault-actions',
    properties: { condition: 'ready' },
  },
  {
    name: 'notice, locked by the person',
    tag: 'millrace-notice',
    properties: { vault: { ...snapshots.underCondition('locked').vault, isWithheld: true } },
  },
  { name: 'announcer', tag: 'millrace-announcer', properties: { message: 'Steady' } },
  ...vaultConditions.map((condition) => ({
    name: `dashboard, ${condition}`,
    tag: 'millrace-dashboard',
    properties: { state: snapshots.underCondition(condition) },
  })),
  {
    name: 'dashboard, first run',
    tag: 'millrace-dashboard',
    properties: { state: snapshots.firstRun },
  },
  {
    name: 'dashboard, all open',
    tag: 'millrace-dashboard',
    properties: {
      state: { ...snapshots.ordinary, insights: ordinaryInsights, focus: idleFocus },
      preferences: {
        focusOpen: true,
        focusPartsOpen: false,
        todayOpen: true,
        todayTable: false,
        weekOpen: true,
        insightsOpen: true,
        vaultOpen: true,
      },
    },
  },
  { name: 'dashboard, before the first snapshot', tag: 'millrace-dashboard', properties: {} },
];
