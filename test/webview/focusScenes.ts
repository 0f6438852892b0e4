import type { FocusReading } from '../../src/readings/focusReading.ts';
import { focusSpans } from '../../src/webview/day/focusSpans.ts';
import * as focus from './focusSnapshots.ts';
import type { Scene } from './scenes.ts';
import { atMs, nowIn, ordinaryDay, underCondition, zoneOffsetMinutes } from './snapshots.ts';

const time = { atMs, zoneOffsetMinutes };
const spans = focusSpans(focus.inSession, atMs);

const pane = (name: string, focusState: FocusReading | null, rest = {}): Scene => ({
  name: `focus, ${name}`,
  tag: 'millrace-focus',
  properties: { ...time, focusState, condition: 'ready', open: true, ...rest },
});

/** Everything that shows focus sessions, in each of its states. */
export const focusScenes: readonly Scene[] = [
  pane('idle', focus.idleFocus),
  pane('idle, with parts', focus.idleFocus, { partsOpen: true }),
  pane('closed', focus.idleFocus, { open: false }),
  pane('in session', focus.inSession),
  pane('paused', focus.pausedFocus),
  pane('overtime', focus.overtimeFocus),
  pane('break', focus.breakFocus),
  pane('fresh', focus.freshFocus),
  pane('locked', { ...focus.idleFocus, today: null, week: null }, { condition: 'locked' }),
  pane('not known', null),
  {
    name: 'focus setup',
    tag: 'millrace-focus-setup',
    properties: { focusState: focus.idleFocus },
  },
  {
    name: 'focus blocks',
    tag: 'millrace-focus-blocks',
    properties: { focusState: focus.inSession },
  },
  { name: 'focus ways', tag: 'millrace-focus-ways', properties: { ways: focus.idleFocus.ways } },
  {
    name: 'focus running',
    tag: 'millrace-focus-running',
    properties: { ...time, focusState: focus.inSession },
  },
  {
    name: 'focus ring, hours',
    tag: 'millrace-focus-ring',
    properties: {
      atMs,
      session: { ...focus.runningSession, plannedMs: 7_200_000, remainingMs: 7_100_000 },
    },
  },
  {
    name: 'focus figures',
    tag: 'millrace-focus-figures',
    properties: { ...time, focusState: focus.idleFocus, condition: 'ready' },
  },
  {
    name: 'focus ended',
    tag: 'millrace-focus-ended',
    properties: { ...time, ended: focus.endedSessions },
  },
  {
    name: 'focus parts',
    tag: 'millrace-focus-score-table',
    properties: { score: focus.endedSessions[0]?.score },
  },
  { name: 'focus start', tag: 'millrace-focus-start', properties: { focusState: focus.idleFocus } },
  {
    name: 'now, with a start button',
    tag: 'millrace-now',
    properties: { ...time, now: nowIn('steady'), focusState: focus.idleFocus },
  },
  {
    name: 'day ribbon, with focus sessions',
    tag: 'millrace-day-ribbon',
    properties: { ...time, day: ordinaryDay, focusSpans: spans },
  },
  {
    name: 'day legend, with focus sessions',
    tag: 'millrace-day-legend',
    properties: { day: ordinaryDay, focusSpans: spans },
  },
  {
    name: 'day table, with focus sessions',
    tag: 'millrace-day-table',
    properties: { day: ordinaryDay, zoneOffsetMinutes, focusSpans: spans },
  },
  {
    name: 'dashboard, focus idle',
    tag: 'millrace-dashboard',
    properties: { state: focus.withFocus(focus.idleFocus) },
  },
  {
    name: 'dashboard, in session',
    tag: 'millrace-dashboard',
    properties: { state: focus.withFocus(focus.inSession) },
  },
  {
    name: 'dashboard, locked, in session',
    tag: 'millrace-dashboard',
    properties: { state: { ...underCondition('locked'), focus: focus.inSession } },
  },
];
