import { featureCount, featureNames } from '../../../src/facts/flow.ts';
import { Baseline } from '../../../src/flow/baseline/baseline.ts';
import { sigmoid } from '../../../src/flow/model/flowModel.ts';
import { engagedAfterEditMs, smoothingMs, stepMs } from '../../../src/flow/flowRules.ts';
import { LogisticModel } from '../../../src/flow/model/logisticModel.ts';
import { simulateUser } from '../generator/generator.ts';
import { trainLogistic } from '../training/trainLogistic.ts';
import type { JudgedUser } from './benchmarkUsers.ts';
import { RankedOutcomes } from './metrics.ts';
import { scoreUser, type ScoredStep } from './scoredUser.ts';

/** A part that is left out. */
export interface Ablation {
  readonly name: string;
  readonly without?: number;
  readonly isSmoothed?: boolean;
  readonly isNormalised?: boolean;
}

export const ablations: readonly Ablation[] = [
  { name: 'nothing' },
  ...featureNames.map((name, without) => ({ name, without })),
  { name: 'smoothing', isSmoothed: false },
  { name: 'own normalisation', isNormalised: false },
];

/** Users to learn the ablated models from; not those of the shipped weights. */
const trainingSeed = 6_000_000;
const trainingUsers = 24;
const dayMs = 86_400_000;

/** The AUC over every step of a logistic that was trained without a part; a step without features counts as 0. */
export function measureAblations(users: readonly JudgedUser[]): Map<string, number> {
  const training = Array.from({ length: trainingUsers }, (_, index) =>
    scoreUser(simulateUser(trainingSeed + index, { sessions: 4, sessionHours: 2 })),
  );
  const areas = new Map<string, number>();
  for (const ablation of ablations) {
    const examples = training.flatMap((steps) =>
      featuresWithout(steps, ablation).flatMap((features, index) =>
        features === undefined ? [] : [{ features, isFlow: steps[index]?.truth === 'flow' }],
      ),
    );
    const model = new LogisticModel(trainLogistic(examples));
    const outcomes = users.flatMap(({ steps }, user) =>
      featuresWithout(steps, ablation).map((features, index) => ({
        probability: features === undefined ? 0 : sigmoid(model.logit(features)),
        isFlow: steps[index]?.truth === 'flow',
        user,
      })),
    );
    areas.set(ablation.name, new RankedOutcomes(outcomes).areaUnderRoc());
  }
  return areas;
}

/** Normalises and smooths raw features once more, as the engine does, but for what is left out. */
function featuresWithout(
  steps: readonly ScoredStep[],
  { without, isSmoothed = true, isNormalised = true }: Ablation,
): (Float32Array | undefined)[] {
  const baseline = new Baseline();
  const newShare = isSmoothed ? 1 - Math.exp(-stepMs / smoothingMs) : 1;
  let smoothed: Float32Array | undefined;
  return steps.map(({ raw, wallMs, sinceLastEditMs, isScorable }) => {
    if (raw === undefined) {
      smoothed = undefined;
      return undefined;
    }
    baseline.rollTo(Math.floor(wallMs / dayMs));
    const now = new Float32Array(featureCount);
    baseline.normalise(raw, now);
    const before = smoothed;
    smoothed =
      before === undefined
        ? now
        : now.map((value, at) => (before[at] ?? 0) + newShare * (value - (before[at] ?? 0)));
    if (isNormalised && isScorable && sinceLastEditMs < engagedAfterEditMs) {
      // The score that goes with it has no say in normalisation.
      baseline.add(raw, 50);
    }
    const features = smoothed.slice();
    if (without !== undefined) {
      features[without] = 0;
    }
    return features;
  });
}
