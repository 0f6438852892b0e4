import * as v from 'valibot';
import { guard, nothing, score, shortText, wallMs } from '../facts/guards.ts';
import { dataReading } from '../readings/dataReading.ts';
import { dayNumber, dayReading, loadedDayReading } from '../readings/dayReading.ts';
import { focusReading } from '../readings/focusReading.ts';
import { insightsReading } from '../readings/insightsReading.ts';
import { nowReading } from '../readings/nowReading.ts';
import { storedId, storedKinds, storedOverview, storedPage } from '../readings/storedReading.ts';
import { vaultReading } from '../readings/vaultReading.ts';
import { shownPast } from '../readings/pastReading.ts';
import { focusWish, type FocusWish } from './focusWish.ts';

/** Dashboard <-> host. The host always sends the whole state, never a change to it. */

/** Raised when a message changes its shape; both ends must agree on it in `ready`. */
export const dashboardProtocolVersion = 1;

/** What is shown of the parts that a window loads when they are first needed; `null` until they are known. */
const partStates = {
  /** Focus sessions and blocking. */
  focus: v.optional(v.nullable(focusReading)),
  /** Backups outside the vault's folder, and sync. */
  data: v.optional(v.nullable(dataReading)),
};

const dashboardState = v.strictObject({
  now: nowReading,
  /** `null` until the keeper has answered, or while the vault is locked. */
  today: v.nullable(dayReading),
  /** How the reading of the vault goes: `failed` where the last try came to nothing. */
  reading: v.optional(v.picklist(['pending', 'done', 'failed'])),
  /** The scores at which engagement is entered and left. */
  thresholds: v.optional(v.strictObject({ enter: score, leave: score })),
  vault: vaultReading,
  zoneOffsetMinutes: v.number(),
  /** When the snapshot was taken: the page's own clock may be another machine's. */
  atMs: wallMs,
  ...shownPast,
  /** Since when the question about the last ten minutes waits; `null` when there is none. */
  askedMs: v.optional(v.nullable(wallMs)),
  ...partStates,
  /** `null` until the keeper has answered, and while the vault is locked. */
  insights: v.optional(v.nullable(insightsReading)),
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

export type DashboardState = v.InferOutput<typeof dashboardState>;
export type PartStates = Required<Pick<DashboardState, keyof typeof partStates>>;
// `Object.keys` forgets the keys, which are exactly the table's.
export const partStateNames = Object.keys(partStates) as readonly (keyof PartStates)[];
/** What may be asked of each of these parts. */
export interface PartWishes {
  readonly focus: FocusWish;
}
export type ThresholdState = NonNullable<DashboardState['thresholds']>;
export type ReadingState = NonNullable<DashboardState['reading']>;

/** What a dashboard may ask the host to do; each is a command of the palette. */
export const dashboardActions = [
  'pauseTracking',
  'resumeTracking',
  'backUpNow',
  'refreshDashboard',
  'verifyVault',
  'unlockVault',
  'trustVault',
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

/** What the last ten minutes can have been, in the vault's order (src/vault/record.ts). */
export const activityNames = ['writing', 'reading', 'assisted', 'other'] as const;

/** What a request to change a record can come to; nobody is told where the person thought better of it. */
const storedOutcomes = ['deleted', 'corrected', 'failed'] as const;
export type StoredOutcome = (typeof storedOutcomes)[number];

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
      result: guard(loadedDayReading),
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
