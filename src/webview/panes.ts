import { html, nothing, type TemplateResult } from 'lit';
import type { DashboardState } from '../protocol/dashboard.ts';
import { focusSpans } from './day/focusSpans.ts';
import type { OtherDay } from './day/otherDay.ts';
import './day/todayPane.ts';
import './focus/focusPane.ts';
import './insights/insightsPane.ts';
import './now/firstRun.ts';
import './now/nowPane.ts';
import { isBroken } from './shared/notice.ts';
import './shared/question.ts';
import type { Preferences } from './shared/viewEvents.ts';
import './vault/vaultPane.ts';
import './week/weekPane.ts';

/** What panes are drawn from. */
export interface DashboardContents {
  /** The last snapshot; `undefined` before the first one. */
  readonly state: DashboardState | undefined;
  readonly preferences: Preferences;
  /** The day on view; `undefined` for today. */
  readonly other: OtherDay | undefined;
  /** How many wishes about focus sessions have failed so far. */
  readonly failedWishes: number;
  readonly isBackingUp: boolean;
}

/** A pane of the dashboard: an element, the slice of the contents that it draws, and when it is there. */
interface Pane {
  readonly isShown: (contents: DashboardContents) => boolean;
  readonly draw: (contents: DashboardContents) => TemplateResult | typeof nothing;
}

const always = (): boolean => true;
const isNoticeFirst = ({ state }: DashboardContents): boolean =>
  state !== undefined && isBroken(state.vault);
const isInSession = ({ state }: DashboardContents): boolean =>
  (state?.focus?.session ?? null) !== null;
const atMsOf = ({ state }: DashboardContents): number => state?.atMs ?? Date.now();
const zoneOf = ({ state }: DashboardContents): number => state?.zoneOffsetMinutes ?? 0;

/** The dashboard's panes from top to bottom. */
const panes: readonly Pane[] = [
  { isShown: isNoticeFirst, draw: drawNotice },
  {
    isShown: always,
    draw: (contents) =>
      html`<millrace-now
        .now=${contents.state?.now}
        .focusState=${contents.state?.focus}
        .atMs=${atMsOf(contents)}
        .zoneOffsetMinutes=${zoneOf(contents)}
        .isFirstRun=${isFirstRun(contents)}
      ></millrace-now>`,
  },
  { isShown: isInSession, draw: drawFocus },
  {
    isShown: always,
    draw: ({ state }) =>
      html`<millrace-question .askedMs=${state?.askedMs ?? null}></millrace-question>`,
  },
  {
    isShown: (contents) => contents.state !== undefined && !isNoticeFirst(contents),
    draw: drawNotice,
  },
  {
    isShown: isFirstRun,
    draw: ({ state, preferences }) =>
      html`<millrace-first-run
        .condition=${state?.vault.condition}
        .editsNeeded=${state?.now.evidence.editsNeeded}
        .open=${preferences.startOpen}
      ></millrace-first-run>`,
  },
  {
    isShown: always,
    draw: (contents) => {
      const { state, preferences, other } = contents;
      return html`<millrace-today
        .day=${state?.today ?? null}
        .condition=${state?.vault.condition ?? 'starting'}
        .reading=${state?.reading ?? 'pending'}
        .thresholds=${state?.thresholds}
        .history=${state?.history}
        .focusSpans=${focusSpans(state?.focus, atMsOf(contents))}
        .other=${other}
        .atMs=${atMsOf(contents)}
        .zoneOffsetMinutes=${zoneOf(contents)}
        .open=${preferences.todayOpen}
        .asTable=${preferences.todayTable}
      ></millrace-today>`;
    },
  },
  {
    isShown: always,
    draw: ({ state, preferences }) =>
      html`<millrace-week
        .week=${state?.week}
        .bestHours=${state?.bestHours}
        .open=${preferences.weekOpen}
        .asTable=${preferences.weekTable}
      ></millrace-week>`,
  },
  {
    isShown: always,
    draw: ({ state, preferences }) =>
      html`<millrace-insights
        .insights=${state?.insights}
        .open=${preferences.insightsOpen}
      ></millrace-insights>`,
  },
  // What is chosen beside what is kept.
  {
    isShown: always,
    draw: (contents) => {
      const { focusOpen, vaultOpen } = contents.preferences;
      const isAlone = isInSession(contents);
      return html`<div class=${isAlone || !focusOpen || !vaultOpen ? '' : 'pair'}>
        ${isAlone ? nothing : drawFocus(contents)} ${drawVault(contents)}
      </div>`;
    },
  },
];

/** Every pane in its place; one that is not shown leaves its place empty, so that the others stay as they are. */
export function drawPanes(contents: DashboardContents): (TemplateResult | typeof nothing)[] {
  return panes.map(({ isShown, draw }) => (isShown(contents) ? draw(contents) : nothing));
}

function drawNotice({ state }: DashboardContents): TemplateResult {
  return html`<millrace-notice .vault=${state?.vault}></millrace-notice>`;
}

function drawFocus(contents: DashboardContents): TemplateResult | typeof nothing {
  const { state, preferences, failedWishes } = contents;
  return state === undefined
    ? nothing
    : html`<millrace-focus
        .focusState=${state.focus}
        .condition=${state.vault.condition}
        .atMs=${atMsOf(contents)}
        .zoneOffsetMinutes=${zoneOf(contents)}
        .zones=${state.today?.zones}
        .open=${preferences.focusOpen}
        .partsOpen=${preferences.focusPartsOpen}
        .failures=${failedWishes}
      ></millrace-focus>`;
}

function drawVault(contents: DashboardContents): TemplateResult {
  const { state, preferences, isBackingUp } = contents;
  return html`<millrace-vault
    .vault=${state?.vault}
    .data=${state?.data ?? null}
    .atMs=${atMsOf(contents)}
    .zoneOffsetMinutes=${zoneOf(contents)}
    .open=${preferences.vaultOpen}
    .isBackingUp=${isBackingUp}
  ></millrace-vault>`;
}

/** Nothing was ever recorded: only a vault that has been read can tell. */
function isFirstRun({ state }: DashboardContents): boolean {
  return (
    state?.now.baselineMinutes === 0 &&
    state.now.evidence.lastEditMs === null &&
    state.today?.sessions.length === 0 &&
    state.history?.previousDay === null
  );
}
