import * as v from 'valibot';
import {
  count,
  featureName,
  flowState,
  fraction,
  guard,
  nothing,
  points,
  score,
  shortText,
  wallMs,
} from './guards.ts';

/** Dashboard <-> host. The host always sends the whole state, never a change to it. */

/** Raised when a message changes its shape; both ends must agree on it in `ready`. */
export const dashboardProtocolVersion = 1;

const range = v.strictObject({ score, low: score, high: score });

/** The moment, from the last scoring step of the window that the dashboard is in. */
const nowState = v.strictObject({
  state: flowState,
  /** When the state began. */
  sinceMs: wallMs,
  spellMs: count,
  inFlowMs: count,
  score: v.nullable(score),
  low: v.nullable(score),
  high: v.nullable(score),
  confidence: fraction,
  usual: range,
  /** Minutes that `usual` rests on, and how many it needs before it is the person's own. */
  baselineMinutes: count,
  baselineMinutesNeeded: count,
  parts: v.array(v.strictObject({ feature: featureName, points })),
  evidence: v.strictObject({
    edits: count,
    editsNeeded: count,
    typedChars: count,
    blockChars: count,
    unknownChars: count,
    navigations: count,
    blurs: count,
    lastEditMs: v.nullable(wallMs),
    focused: v.boolean(),
  }),
});

/** A stretch of the day in one state; `score` is its mean. */
const spanState = v.strictObject({
  startMs: wallMs,
  endMs: wallMs,
  state: flowState,
  score: v.nullable(score),
});

const sessionState = v.strictObject({ startMs: wallMs, endMs: wallMs, focusedSeconds: count });

/** One person's day over all windows. Seconds are counted once, whatever the number of windows. */
export const dayState = v.strictObject({
  startMs: wallMs,
  endMs: wallMs,
  /** Seconds in each state. */
  seconds: v.record(flowState, count),
  /** Steady and in flow together. */
  focusedSeconds: count,
  longestSpellSeconds: count,
  interruptions: count,
  /** When the interruptions were, where that is known. */
  interruptionsAtMs: v.optional(v.array(wallMs)),
  spans: v.array(spanState),
  sessions: v.array(sessionState),
  /** True when any of it is made-up history. */
  demo: v.boolean(),
});

export const vaultConditions = [
  'starting',
  'ready',
  'locked',
  'damaged',
  'unusable',
  'unwritable',
] as const;

const vaultState = v.strictObject({
  condition: v.picklist(vaultConditions),
  /** Minutes that are only in memory because they could not be written. */
  unsavedMinutes: count,
  lastBackupMs: v.nullable(wallMs),
});

const dashboardState = v.strictObject({
  now: nowState,
  /** `null` until the keeper has answered, or while the vault is locked. */
  today: v.nullable(dayState),
  vault: vaultState,
  zoneOffsetMinutes: v.number(),
  /** When the snapshot was taken; without it the page's own clock is used, which may be another machine's. */
  atMs: v.optional(wallMs),
});

/** What the host may put into the page as JSON (`<script type="application/json" id="millrace-boot">`). */
const dashboardBoot = v.strictObject({
  /** The last snapshot, painted before the line to the host stands. */
  state: v.nullable(dashboardState),
  /** The dashboard's texts in the person's language, by the keys of src/webview/englishStrings.ts. */
  strings: v.nullable(v.record(v.string(), v.string())),
});
export type DashboardBoot = v.InferOutput<typeof dashboardBoot>;
export const isDashboardBoot = guard(dashboardBoot);

export type NowState = v.InferOutput<typeof nowState>;
export type DayState = v.InferOutput<typeof dayState>;
export type SpanState = v.InferOutput<typeof spanState>;
export type VaultState = v.InferOutput<typeof vaultState>;
export type VaultCondition = VaultState['condition'];
export type DashboardState = v.InferOutput<typeof dashboardState>;

/** What a dashboard may ask the host to do; each is a command of the palette. */
export const dashboardActions = [
  'pauseTracking',
  'resumeTracking',
  'backUpNow',
  'showLog',
  'openSettings',
] as const;
export type DashboardAction = (typeof dashboardActions)[number];

/** What the host offers the dashboard. */
export const hostContract = {
  requests: {
    /** The dashboard is there and speaks this version; answered with the whole state. */
    ready: {
      params: guard(v.strictObject({ version: v.literal(dashboardProtocolVersion) })),
      result: guard(dashboardState),
    },
    runAction: {
      params: guard(v.strictObject({ action: v.picklist(dashboardActions) })),
      result: guard(nothing),
    },
  },
  events: { stateChanged: guard(dashboardState) },
} as const;

/** What the dashboard offers the host. */
export const webviewContract = {
  requests: {},
  events: {
    /** Something went wrong in the view that its log should hold. */
    failed: guard(v.strictObject({ what: shortText })),
  },
} as const;

export type HostContract = typeof hostContract;
export type WebviewContract = typeof webviewContract;
