import type { DayNumber } from '../../facts/localDay.ts';
import type { FlowModel } from './flowModel.ts';
import { dot, fitTowards, logLoss, type LastLayerExample } from './lastLayer.ts';

/** What somebody answered about ten minutes of theirs, and how those looked. */
export interface FeedbackAnswer {
  readonly day: DayNumber;
  /** 1 (not at all) to 7 (fully): "In the last 10 minutes I was fully absorbed". */
  readonly rating: number;
  /** The mean normalised features of the ten minutes, in the order of `featureNames`. */
  readonly features: Float32Array;
}

/** A model whose last layer can be exchanged. */
export interface TunableModel extends FlowModel {
  /** Weights of the last layer's inputs, and its bias. */
  readonly lastLayer: readonly number[];
  /** The last layer's inputs for these features, and 1 for the bias. */
  lastInputs(features: Float32Array): Float64Array;
  withLastLayer(weights: readonly number[]): TunableModel;
}

export const tunings = ['none', 'scale', 'lastLayer'] as const;
export type Tuning = (typeof tunings)[number];

/** What was learned from the answers, in plain numbers, to be stored and to be explained. */
export interface PersonalFit {
  /** `none` keeps the shipped model: too few answers, or learning did not help on later days. */
  readonly tuning: Tuning;
  readonly lastLayer: readonly number[];
  readonly answers: number;
  /** The rating from which on the person's answers count as flow; `undefined` when they are all alike. */
  readonly flowRating: number | undefined;
  /** Answers of later days that decided, and how many of them each model called right. */
  readonly judged: number;
  readonly rightBefore: number;
  readonly rightAfter: number;
  /** Mean log loss on those answers. */
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/** Fewer answers, or answers of fewer days, teach nothing. */
export const answersNeeded = 16;
const daysNeeded = 6;
/** The first days are only learned from: a few answers, held to the shipped values, teach next to nothing. */
const firstJudgedDay = 4;
/** Ratings from the person's own 67th percentile up are flow. */
const flowQuantile = 0.67;
/** L2 towards the shipped values. A person gives tens of answers, so it is strong. */
const scalePenalties = [8, 2];
const layerPenalty = 2;
const biasPenalty = 1;
/** A better model must be better by this many standard errors of its gain, taken over days. */
const gainErrors = 0.5;
/**
 * On later days it must also rank answers better than chance, by this many standard errors: answers
 * that have nothing to do with typing would otherwise teach it to say nothing.
 */
const rankErrors = 1;

/**
 * Tunes the shipped model to a person's answers. Two ways are tried: a scale and a bias of the log odds (Platt), and
 * a last layer of their own, both held to the shipped values. Days are never mixed: each day is judged by
 * what the days before it taught, and a way is kept only if it lost less on those later days.
 */
export function tune(model: TunableModel, answers: readonly FeedbackAnswer[]): PersonalFit {
  const threshold = flowThreshold(answers);
  const examples = [...answers]
    .sort((a, b) => a.day - b.day)
    .map(({ day, rating, features }) => ({
      day,
      inputs: model.lastInputs(features),
      isFlow: threshold !== undefined && rating >= threshold,
    }));
  const days = [...new Set(examples.map(({ day }) => day))];
  const untuned: PersonalFit = {
    tuning: 'none',
    lastLayer: model.lastLayer,
    answers: answers.length,
    flowRating: threshold,
    judged: 0,
    rightBefore: 0,
    rightAfter: 0,
    lossBefore: 0,
    lossAfter: 0,
  };
  if (threshold === undefined || answers.length < answersNeeded || days.length < daysNeeded) {
    return untuned;
  }
  let best: PersonalFit = {
    ...untuned,
    judged: examples.filter(({ day }) => day >= (days[firstJudgedDay] ?? Infinity)).length,
  };
  for (const tuning of ['scale', 'lastLayer'] as const) {
    const fit = judge(model, examples, days, tuning);
    if (fit !== undefined && (best.tuning === 'none' || fit.lossAfter < best.lossAfter)) {
      best = { ...untuned, ...fit, lastLayer: learn(model, examples, tuning) };
    }
  }
  return best;
}

interface DatedExample extends LastLayerExample {
  readonly day: DayNumber;
}

/** The rating from which on it is flow, or `undefined` when the ratings don't differ. */
function flowThreshold(answers: readonly FeedbackAnswer[]): number | undefined {
  const ratings = answers.map(({ rating }) => rating).sort((a, b) => a - b);
  const least = ratings[0];
  const threshold = ratings[Math.floor(flowQuantile * ratings.length)];
  if (threshold === undefined || least === undefined) {
    return undefined;
  }
  // Where most answers are the same, the quantile may be the least rating: then only what is above it counts.
  const above = ratings.find((rating) => rating > least);
  return threshold > least ? threshold : above;
}

function learn(
  model: TunableModel,
  examples: readonly LastLayerExample[],
  tuning: 'scale' | 'lastLayer',
): number[] {
  const { lastLayer } = model;
  if (tuning === 'lastLayer') {
    const penalties = lastLayer.map((_, at) =>
      at === lastLayer.length - 1 ? biasPenalty : layerPenalty,
    );
    return fitTowards(examples, lastLayer, penalties);
  }
  const scaled = examples.map(({ inputs, isFlow }) => ({
    inputs: Float64Array.of(dot(lastLayer, inputs), 1),
    isFlow,
  }));
  const [scale = 1, bias = 0] = fitTowards(scaled, [1, 0], scalePenalties);
  // A negative scale would turn the score round: the answers then say that the model does not hold at all.
  const kept = Math.max(0, scale);
  return lastLayer.map((weight, at) => kept * weight + (at === lastLayer.length - 1 ? bias : 0));
}

/** Judges a way of tuning on later days; `undefined` when it did not help there. */
function judge(
  model: TunableModel,
  examples: readonly DatedExample[],
  days: readonly DayNumber[],
  tuning: 'scale' | 'lastLayer',
): Omit<PersonalFit, 'answers' | 'flowRating' | 'lastLayer'> | undefined {
  const gains: number[] = [];
  const ranked: { readonly logit: number; readonly isFlow: boolean }[] = [];
  let judged = 0;
  let rightBefore = 0;
  let rightAfter = 0;
  let lossBefore = 0;
  let lossAfter = 0;
  for (const day of days.slice(firstJudgedDay)) {
    const past = examples.filter((example) => example.day < day);
    const weights = learn(model, past, tuning);
    let gain = 0;
    for (const { inputs, isFlow } of examples.filter((example) => example.day === day)) {
      const before = dot(model.lastLayer, inputs);
      const after = dot(weights, inputs);
      const change = logLoss(before, isFlow) - logLoss(after, isFlow);
      judged++;
      ranked.push({ logit: after, isFlow });
      lossBefore += logLoss(before, isFlow);
      lossAfter += logLoss(after, isFlow);
      rightBefore += before > 0 === isFlow ? 1 : 0;
      rightAfter += after > 0 === isFlow ? 1 : 0;
      gain += change;
    }
    gains.push(gain);
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance =
    gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length - 1);
  const error = Math.sqrt(variance / gains.length);
  const isBetter = gains.length > 1 && mean > gainErrors * error;
  if (!isBetter || !ranksBetterThanChance(ranked)) {
    return undefined;
  }
  return {
    tuning,
    judged,
    rightBefore,
    rightAfter,
    lossBefore: lossBefore / judged,
    lossAfter: lossAfter / judged,
  };
}

/** Mann-Whitney: how often flow is ranked above its absence, against what chance would do. */
function ranksBetterThanChance(
  ranked: readonly { readonly logit: number; readonly isFlow: boolean }[],
): boolean {
  const flow = ranked.filter(({ isFlow }) => isFlow);
  const others = ranked.filter(({ isFlow }) => !isFlow);
  let above = 0;
  for (const { logit } of flow) {
    for (const other of others) {
      above += logit > other.logit ? 1 : logit === other.logit ? 0.5 : 0;
    }
  }
  const pairs = flow.length * others.length;
  const error = Math.sqrt((ranked.length + 1) / (12 * pairs));
  return pairs > 0 && above / pairs - 0.5 > rankErrors * error;
}
