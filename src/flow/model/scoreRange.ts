import { sigmoid } from './flowModel.ts';
import type { Evidence } from '../flowReading.ts';
import { stepMs, windowSteps } from '../flowRules.ts';

/** Of ten scores with all the evidence there could be, eight lie within this many standard errors. */
const eightOfTen = 1.2816;
/** Standard errors of the log odds: of a window of one edit (falls with the root of their number) ... */
const ofOneEdit = 4;
/** ... of not knowing what is usual for the person ... */
const ofNoBaseline = 0.8;
/** ... of a window in which nothing is known to be typed ... */
const ofUnknownChars = 1;
/** ... of each feature that is not known ... */
const ofUnknownFeature = 0.7;
/** ... and of a spell that has only just begun: most of the window is what was before it. */
const ofNewSpell = 4;
const windowMs = windowSteps * stepMs;

/** How far off a score may be, from how little was seen. */
export class ScoreRange {
  low = 0;
  high = 100;
  /** 1 when the range is a point, 0 when it is everything. */
  confidence = 0;

  /**
   * @param maturity of the baseline, 0-1
   * @param spellMs how long the present spell has lasted
   * @param unknownFeatures how many are taken as usual, as there is too little to tell
   */
  measure(
    logit: number,
    evidence: Evidence,
    maturity: number,
    spellMs: number,
    unknownFeatures = 0,
  ): void {
    const chars = evidence.typedChars + evidence.blockChars + evidence.unknownChars;
    const unknownShare = chars > 0 ? evidence.unknownChars / chars : 0;
    const few = ofOneEdit ** 2 / Math.max(1, evidence.edits);
    const strange = ofNoBaseline * (1 - maturity);
    const vague = ofUnknownChars * unknownShare;
    const young = ofNewSpell * Math.max(0, 1 - spellMs / windowMs);
    const missing = unknownFeatures * ofUnknownFeature ** 2;
    const reach = eightOfTen * Math.sqrt(few + strange ** 2 + vague ** 2 + young ** 2 + missing);
    this.low = 100 * sigmoid(logit - reach);
    this.high = 100 * sigmoid(logit + reach);
    this.confidence = 1 - (this.high - this.low) / 100;
  }
}
