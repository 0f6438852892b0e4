import * as v from 'valibot';
import { count, score, shortText, wallMs } from '../facts/guards.ts';

/** What is shown of focus sessions and blocking. */

export const sessionKind = v.picklist(['focus', 'break', 'custom']);
export const minutes = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24 * 60));
/** A site or a program as the lists name it. */
export const entryName = v.pipe(v.string(), v.minLength(1), v.maxLength(253));

/** The session that runs; one for the person, the same in every window. */
const runningSession = v.strictObject({
  kind: sessionKind,
  /** `overtime`: its time is over and it waits for a natural break. */
  phase: v.picklist(['running', 'paused', 'overtime']),
  startMs: wallMs,
  plannedMs: count,
  activeMs: count,
  remainingMs: count,
  /** How many sites and apps are held off now. */
  blockedSites: count,
  blockedApps: count,
});

const focusTotals = v.strictObject({
  /** Focus and custom sessions that have ended, and how many of them ran their planned time. */
  sessions: count,
  completed: count,
  focusMs: count,
  breaks: count,
  breakMs: count,
  /** Mean of the sessions that have a score. */
  meanScore: v.nullable(score),
});

/** A session that has ended. The rule of its score is src/focus/session/productivityScore.ts's. */
const endedSession = v.strictObject({
  kind: sessionKind,
  startMs: wallMs,
  endMs: wallMs,
  plannedMs: count,
  activeMs: count,
  endedBy: v.picklist(['time', 'early', 'replaced', 'lapsed']),
  score: v.nullable(
    v.strictObject({
      score,
      contributions: v.array(
        v.strictObject({
          input: v.picklist(['completion', 'engagement', 'steadiness', 'restraint']),
          /** A share, or a number an hour. */
          value: v.number(),
          points: v.number(),
          ofPoints: count,
        }),
      ),
    }),
  ),
});

/** A way of blocking sites: off, ready to block, or unable to, with the reason in the person's language. */
const blockWay = v.strictObject({
  way: entryName,
  /** In the person's language. */
  name: shortText,
  state: v.picklist(['off', 'ready', 'notPaired', 'failed']),
  reason: v.nullable(shortText),
});

export const focusReading = v.strictObject({
  session: v.nullable(runningSession),
  /** What the start button begins. */
  lengthMinutes: minutes,
  suggestsBreaks: v.boolean(),
  /** How long the break after a session is. */
  breakMinutes: minutes,
  sites: v.array(v.strictObject({ name: entryName, isOn: v.boolean() })),
  /** `closes`: it is ended after a warning, as the person opted in for that app; else it is only warned about. */
  apps: v.array(v.strictObject({ name: entryName, isOn: v.boolean(), closes: v.boolean() })),
  ways: v.array(blockWay),
  /** Something outside the editor is changed now: "Restore everything" has something to undo. */
  isBlocking: v.boolean(),
  /** Today, and the week that holds it; `null` until the keeper has answered, and while the vault is locked. */
  today: v.nullable(v.strictObject({ ...focusTotals.entries, ended: v.array(endedSession) })),
  week: v.nullable(focusTotals),
});

export type FocusReading = v.InferOutput<typeof focusReading>;
export type RunningSession = v.InferOutput<typeof runningSession>;
export type EndedSession = v.InferOutput<typeof endedSession>;
export type FocusTotals = v.InferOutput<typeof focusTotals>;
