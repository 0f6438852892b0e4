import { featureNames } from '../../../src/facts/flow.ts';
import { sigmoid, type FlowModel } from '../../../src/flow/model/flowModel.ts';
import { LogisticModel, type LogisticWeights } from '../../../src/flow/model/logisticModel.ts';
import { MlpModel } from '../../../src/flow/model/mlpModel.ts';
import { calmFlow, simulateUser, type SimulationOptions } from '../generator/generator.ts';
import { Random } from '../generator/random.ts';
import { bootstrapByUser, RankedOutcomes, type Interval } from '../judging/metrics.ts';
import { scoreUser, type ScoredStep } from '../judging/scoredUser.ts';
import type { Example } from './example.ts';
import { trainLogistic, type WeightBounds } from './trainLogistic.ts';
import { trainMlp } from './trainMlp.ts';

/** Seeds of users. Those of the benchmarks are others: see judging/benchmarkUsers.ts. */
const trainingSeed = 1_000_000;
const choiceSeed = 2_000_000;
const otherKindSeed = 2_500_000;
const trainingUsers = 96;
const choiceUsers = 48;
const perUser = { sessions: 4, sessionHours: 2 };
const randomSeed = 20_240_108;
const mlpTraining = { epochs: 12, batch: 256, learningRate: 0.004, decay: 1e-4 };
const bootstraps = 1_000;

/**
 * What the features mean, whatever the generator says: an even rhythm speaks for engagement, corrections speak
 * against it, and each has a say. Real data may show what made-up data can't.
 */
const bounds: WeightBounds = [
  [0.1, Infinity],
  [0.1, Infinity],
  [0.1, Infinity],
  [-Infinity, -0.1],
  [0.1, Infinity],
];

export interface Training {
  readonly logistic: LogisticWeights;
  readonly mlp: readonly number[];
  /** AUC of the perceptron less that of the logistic, with its 95 % interval: on held-out users ... */
  readonly gain: Interval;
  /** ... and on held-out users whose flow is of another kind than any that was trained on. */
  readonly gainOnOtherKind: Interval;
  readonly chosen: 'mlp' | 'logistic';
  /** Quartiles of the chosen model's scores on the held-out users. */
  readonly usual: { readonly score: number; readonly low: number; readonly high: number };
}

/** Trains both models and chooses between them. Deterministic. */
export function train(say: (line: string) => void): Training {
  const examples = simulate(trainingSeed, trainingUsers).flat().map(toExample);
  say(`${examples.length} examples of ${trainingUsers} simulated users`);
  const logistic = rounded(trainLogistic(examples, bounds));
  const mlp = [...trainMlp(examples, new Random(randomSeed), mlpTraining)].map(significant);
  const linear = new LogisticModel(logistic);
  const layered = new MlpModel(mlp, logistic.weights);
  const heldOut = simulate(choiceSeed, choiceUsers).map((steps) => steps.map(toExample));
  const otherKind = simulate(otherKindSeed, choiceUsers, calmFlow).map((steps) =>
    steps.map(toExample),
  );
  const gain = compare(layered, linear, heldOut, say);
  const gainOnOtherKind = compare(layered, linear, otherKind, say);
  // People differ from each other more than simulated ones do: what wins only where it was trained is no gain.
  const chosen = gain.low > 0 && gainOnOtherKind.low > 0 ? 'mlp' : 'logistic';
  say(`chosen: ${chosen}`);
  const model = chosen === 'mlp' ? layered : linear;
  const scores = heldOut
    .flat()
    .map(({ features }) => 100 * sigmoid(model.logit(features)))
    .sort((a, b) => a - b);
  const at = (share: number): number => Math.round(scores[Math.floor(share * scores.length)] ?? 0);
  const usual = { low: at(0.25), score: at(0.5), high: at(0.75) };
  return { logistic, mlp, gain, gainOnOtherKind, chosen, usual };
}

/** The perceptron's gain in AUC over the logistic. */
function compare(
  layered: FlowModel,
  linear: FlowModel,
  users: readonly (readonly Example[])[],
  say: (line: string) => void,
): Interval {
  const ofLayered = rank(layered, users);
  const ofLinear = rank(linear, users);
  const gain = bootstrapByUser(
    users.length,
    (counts) => ofLayered.areaUnderRoc(counts) - ofLinear.areaUnderRoc(counts),
    new Random(randomSeed + 1),
    bootstraps,
  );
  say(`AUC: logistic ${ofLinear.areaUnderRoc().toFixed(4)}, perceptron ${describe(gain)} more`);
  return gain;
}

function describe({ value, low, high }: Interval): string {
  return `${value.toFixed(4)} (95 % interval ${low.toFixed(4)} to ${high.toFixed(4)})`;
}

/** The text of src/flow/model/weights.ts, before formatting. */
export function weightsFile(training: Training): string {
  const { logistic, mlp, gain, gainOnOtherKind, chosen, usual } = training;
  return `// Made by \`npm run train\`; don't edit. The same command makes the same bytes.
import type { UsualScore } from '../flowReading.ts';
import type { LogisticWeights } from './logisticModel.ts';

/**
 * Trained on ${trainingUsers} simulated users with ${perUser.sessions} sessions of ${perUser.sessionHours} hours (test/support/generator, seeds from ${trainingSeed}),
 * whose flow is partly an assumption: docs/how-the-score-is-made.md says what that means.
 *
 * The perceptron is used only where it beats the logistic on users that neither has seen, also on those whose flow is
 * of another kind than any that was trained on. Its AUC less that of the logistic, bootstrap by user:
 * - ${choiceUsers} users as trained on (seeds from ${choiceSeed}): ${describe(gain)};
 * - ${choiceUsers} users with calm flow (seeds from ${otherKindSeed}): ${describe(gainOnOtherKind)}.
 */
export const chosenModel: 'mlp' | 'logistic' = '${chosen}';

/** In the order ${featureNames.join(', ')}. */
export const logisticWeights: LogisticWeights = ${JSON.stringify(logistic)};

/** Layer by layer, for each unit the weights of its inputs and then its bias: see mlpModel.ts. */
export const mlpParameters: readonly number[] = ${JSON.stringify(mlp)};

/** Quartiles of the chosen model's scores over the held-out users. */
export const simulatedUsual: UsualScore = ${JSON.stringify(usual)};
`;
}

function simulate(
  seed: number,
  users: number,
  kind: Pick<SimulationOptions, 'adapt'> = {},
): ScoredStep[][] {
  return Array.from({ length: users }, (_, user) =>
    scoreUser(simulateUser(seed + user, { ...perUser, ...kind })).filter(
      ({ isScorable }) => isScorable,
    ),
  );
}

function toExample({ features, truth }: ScoredStep): Example {
  return { features: features ?? new Float32Array(), isFlow: truth === 'flow' };
}

function rank(model: FlowModel, users: readonly (readonly Example[])[]): RankedOutcomes {
  return new RankedOutcomes(
    users.flatMap((examples, user) =>
      examples.map(({ features, isFlow }) => ({
        probability: model.logit(features),
        isFlow,
        user,
      })),
    ),
  );
}

function rounded({ weights, bias }: LogisticWeights): LogisticWeights {
  return { weights: weights.map(significant), bias: significant(bias) };
}

/** Six digits: more than the data can tell, and few enough to read. */
function significant(value: number): number {
  return Number(value.toPrecision(6));
}
