/**
 * The numbers of the estimate, with where they come from. A changed number is a changed rule: raise
 * {@link rulesVersion}, so that history is scored again.
 */

/** Goes with every history that was scored; a reading of another version is not comparable. */
export const rulesVersion = 2;

/** A scoring step. Activity in bins of this length still predicts the next one (autocorrelation .53). */
export const stepMs = 15_000;
/** Steps that a feature looks back: 180 s. */
export const windowSteps = 12;
/** Steps that consistency looks back: ten bins of 30 s. */
export const consistencySteps = 20;
/** Somebody who edits is engaged for this long after it. */
export const engagedAfterEditMs = 5_000;
/** Fewer edits than this in the window say nothing. */
export const editsNeeded = 15;

/** Fewer intervals than this have no spread that would say anything. */
export const intervalsNeeded = 10;
/** A burst shorter than this is no measure of a tempo. */
export const engagedNeededMs = 15_000;

/** Intervals from here up are pauses and not rhythm. */
export const longestRhythmMs = 2_000;
/**
 * No two keys come closer than this from one hand; what does arrived in one batch, because the extension
 * host was busy, and its times say nothing about the hand.
 */
export const shortestRhythmMs = 8;
/** A deletion of more characters than this removes a passage; it corrects no more than this many. */
export const mostCorrectedChars = 8;

/** Features further than this from the usual, in interquartile ranges, say no more than this. */
export const featureLimit = 3;
/** Fast typing above this says no more about being absorbed. */
export const velocityLimit = 2;
/** A person's own median and range are fully trusted after this much scored time (two hours). */
export const matureBaselineMinutes = 120;
/** History that the person's own baseline looks back. */
export const baselineDays = 14;

/** Time constant of the smoothing of features between steps; more than 45 s costs accuracy. */
export const smoothingMs = 15_000;
/** Engagement is entered at this probability, held for {@link holdMs}, and left below the other, held as long. */
export const enterProbability = 0.55;
export const leaveProbability = 0.25;
export const holdMs = 120_000;
/**
 * Engagement is called flow where the mean probability of the last two minutes reaches the first of these, and no
 * longer where it falls below the second. Asking for less tells of flow that is none more often: with .75,
 * simulated users see flow half a minute sooner and are told wrongly almost twice as often.
 */
export const flowProbability = 0.8;
export const flowLeaveProbability = 0.4;
/** A pause this long ends a spell of typing; the next edit begins another. */
export const spellGapMs = 180_000;
/** Engaged typing is called flow once its spell is this old. */
export const flowAfterMs = 300_000;
/** A window that lost the focus for less than this keeps its state. */
export const awayAfterMs = 60_000;
/** Somebody who is there without editing for this long reads. */
export const readingAfterMs = 60_000;
/** A score outlives the last edit for this long. */
export const scoredAfterEditMs = 120_000;
/** Inserted characters above this share of all: no claim of flow. */
export const assistedShare = 0.5;
/** The largest block of the window counts with at most so many characters; a few lines. */
export const mostOfOneBlock = 150;
/** Writing with an assistant is shown, and shown no longer, after this long. */
export const assistedHoldMs = 45_000;
/** At most this share of active time is called flow, once there is enough history to know. */
export const flowShareLimit = 0.2;
/** Scored minutes (ten hours) before {@link flowShareLimit} holds; a day or two have no typical share. */
export const flowShareMinutes = 600;
