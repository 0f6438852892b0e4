import * as v from 'valibot';
import { count, featureName, flowState, fraction, points, score, wallMs } from '../facts/guards.ts';

const range = v.strictObject({ score, low: score, high: score });

/** The moment, from the last scoring step of the window that the dashboard is in. */
export const nowReading = v.strictObject({
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
  contributions: v.array(v.strictObject({ feature: featureName, points })),
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
    /** In front is a document of which the editor does not tell edits. */
    untold: v.exactOptional(v.boolean()),
  }),
});

export type NowReading = v.InferOutput<typeof nowReading>;
