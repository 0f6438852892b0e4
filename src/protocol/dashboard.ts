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
import { dataState } from './data.ts';
import { focusState, focusWish } from './focus.ts';
import { insightsState } from './insights.ts';
import { storedId, storedKinds, storedOutcomes, storedOverview, storedPage } from './stored.ts';

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
  /** Of each minute with a score: minutes after `startMs`, the score, and how sure it is. Ascending. */
  scores: v.optional(v.array(v.strictTuple([count, score, fraction]))),
  /**
   * Local time minus UTC over the day, in minutes, each entry from `fromMs` on; where a day has a change of the
   * clocks or was lived in another zone. Absent: the snapshot's offset holds for all of it.
   */
  zones: v.optional(v.array(v.strictObject({ fromMs: wallMs, zoneOffsetMinutes: v.number() }))),
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
  /** Locked by the person or by time, not for want of a key. */
  isWithheld: v.boolean(),
  /** Minutes that are only in memory because they could not be written. */
  unsavedMinutes: count,
  lastBackupMs: v.nullable(wallMs),
});

/** A person's day by number (src/base/localDay.ts). */
export const dayNumber = v.pipe(v.number(), v.integer());

/** Whether there are other days than today to look at. */
export const historyState = v.strictObject({
  today: dayNumber,
  /** The last day before today that has a record. */
  previousDay: v.nullable(dayNumber),
});

/** Today and the six days before it, oldest first. */
export const weekState = v.strictObject({
  days: v.pipe(
    v.array(
      v.strictObject({
        day: dayNumber,
        inFlowSeconds: count,
        steadySeconds: count,
        /**
         * The middle half (25-75 %) of focused seconds on the same weekday in the eight weeks before, days
         * without a record counted as 0; `null` while there is a record of fewer than four such weeks.
         */
        usual: v.nullable(v.strictObject({ lowSeconds: count, highSeconds: count })),
      }),
    ),
    v.minLength(1),
    v.maxLength(7),
  ),
  /** True when any of it is made-up history. */
  demo: v.boolean(),
});

/** Where in the week the person's flow was, over the last weeks. */
export const bestHoursState = v.strictObject({
  /** Weeks back from today that were looked at, 12 as soon as there are so many. */
  weeks: count,
  /** Hours of local time with any active time; the rest is left out. */
  hours: v.pipe(
    v.array(
      v.strictObject({
        /** 0 is Monday. */
        weekday: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6)),
        hour: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23)),
        /** Seconds in any state but away and paused. */
        activeSeconds: count,
        inFlowSeconds: count,
      }),
    ),
    v.maxLength(7 * 24),
  ),
  demo: v.boolean(),
});

const dashboardState = v.strictObject({
  now: nowState,
  /** `null` until the keeper has answered, or while the vault is locked. */
  today: v.nullable(dayState),
  /** How the reading of the vault goes: `failed` where the last try came to nothing. */
  reading: v.optional(v.picklist(['pending', 'done', 'failed'])),
  /** The scores at which engagement is entered and left. */
  thresholds: v.optional(v.strictObject({ enter: score, leave: score })),
  vault: vaultState,
  zoneOffsetMinutes: v.number(),
  /** When the snapshot was taken: the page's own clock may be another machine's. */
  atMs: wallMs,
  /** These are `null` until the keeper has answered, and while the vault is locked. */
  history: v.nullable(historyState),
  week: v.nullable(weekState),
  bestHours: v.nullable(bestHoursState),
  /** Since when the question about the last ten minutes waits; `null` when there is none. */
  askedMs: v.optional(v.nullable(wallMs)),
  /** Focus sessions and blocking; `null` until they are known. */
  focus: v.optional(v.nullable(focusState)),
  /** Backups outside the vault's folder, and sync; `null` until they are known. */
  data: v.optional(v.nullable(dataState)),
  /** `null` until the keeper has answered, and while the vault is locked. */
  insights: v.optional(v.nullable(insightsState)),
});

/** What the host may put into the page as JSON (`<script type="application/json" id="millrace-boot">`). */
const dashboardBoot = v.strictObject({
  /** The last snapshot, painted before the line to the host stands. */
  state: v.nullable(dashboardState),
  /** The dashboard's texts in the person's language, by the keys of src/webview/shared/englishStrings.ts. */
  strings: v.nullable(v.record(v.string(), v.string())),
});
export type DashboardBoot = v.InferOutput<typeof dashboardBoot>;
export const isDashboardBoot = guard(dashboardBoot);

export type NowState = v.InferOutput<typeof nowState>;
export type DayState = v.InferOutput<typeof dayState>;
export type SpanState = v.InferOutput<typeof spanState>;
export type VaultState = v.InferOutput<typeof vaultState>;
export type VaultCondition = VaultState['condition'];
export type HistoryState = v.InferOutput<typeof historyState>;
export type WeekState = v.InferOutput<typeof weekState>;
export type BestHoursState = v.InferOutput<typeof bestHoursState>;
export type ThresholdState = NonNullable<DashboardState['thresholds']>;
export type ReadingState = NonNullable<DashboardState['reading']>;
export type DashboardState = v.InferOutput<typeof dashboardState>;

/** What a dashboard may ask the host to do; each is a command of the palette. */
export const dashboardActions = [
  'pauseTracking',
  'resumeTracking',
  'backUpNow',
  'refreshDashboard',
  'verifyVault',
  'unlockVault',
  'lockVault',
  'saveRecoveryKit',
  'setPassphrase',
  'manageProtectors',
  'rotateKey',
  'purgeVault',
  'chooseBackupFolder',
  'restoreBackup',
  'exportData',
  'importData',
  'eraseData',
  'checkRecoveryKit',
  'postponeKitCheck',
  'showLog',
  'openSettings',
] as const;
export type DashboardAction = (typeof dashboardActions)[number];

/** One day of the past, as the dashboard asks for it. */
const loadedDayState = v.strictObject({
  day: dayState,
  /** The nearest days with a record on either side; `nextDay` is today at the latest. */
  previousDay: v.nullable(dayNumber),
  nextDay: v.nullable(dayNumber),
});
export type LoadedDayState = v.InferOutput<typeof loadedDayState>;

/** What the last ten minutes can have been, in the vault's order (src/vault/record.ts). */
export const activityNames = ['writing', 'reading', 'assisted', 'other'] as const;

/** What the host offers the dashboard. */
export const hostContract = {
  requests: {
    /** The dashboard is there and speaks this version; answered with the whole state. */
    ready: {
      params: guard(v.strictObject({ version: v.literal(dashboardProtocolVersion) })),
      result: guard(dashboardState),
    },
    /** What somebody says of the last ten minutes. */
    answerQuestion: {
      params: guard(
        v.strictObject({
          rating: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(7)),
          activity: v.picklist(activityNames),
          interrupted: v.boolean(),
        }),
      ),
      result: guard(nothing),
    },
    dismissQuestion: { params: guard(nothing), result: guard(nothing) },
    /** Answered once it is done, or, where the host has to ask the person first, once it has begun. */
    runAction: {
      params: guard(v.strictObject({ action: v.picklist(dashboardActions) })),
      result: guard(nothing),
    },
    loadDay: {
      params: guard(v.strictObject({ day: dayNumber })),
      result: guard(loadedDayState),
    },
    /** Answered as runAction is. */
    wishFocus: { params: guard(focusWish), result: guard(nothing) },
    loadStored: { params: guard(nothing), result: guard(storedOverview) },
    loadStoredPage: {
      params: guard(
        v.strictObject({
          kind: v.picklist(storedKinds),
          /** Records older than this; `null` for the newest. */
          beforeMs: v.nullable(wallMs),
        }),
      ),
      result: guard(storedPage),
    },
    /** Answered once it has begun: the host asks the person, and says what will be lost. */
    deleteStored: {
      params: guard(v.strictObject({ kind: v.picklist(storedKinds), id: storedId })),
      result: guard(nothing),
    },
    /** Opens the input with which one record is put right; answered once that has begun. */
    correctStored: {
      params: guard(v.strictObject({ kind: v.picklist(storedKinds), id: storedId })),
      result: guard(nothing),
    },
  },
  events: {
    stateChanged: guard(dashboardState),
    /** The person asked, outside of the page, to see what is stored. */
    showStored: guard(nothing),
    /** What was asked of a stored record came to this, in this window. */
    storedChanged: guard(v.strictObject({ outcome: v.picklist(storedOutcomes) })),
  },
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
