import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sigmoid, type FlowModel } from '../../src/flow/model/flowModel.ts';
import { enterProbability } from '../../src/flow/flowRules.ts';
import { LogisticModel } from '../../src/flow/model/logisticModel.ts';
import { MlpModel } from '../../src/flow/model/mlpModel.ts';
import { shippedModel } from '../../src/flow/model/shippedModel.ts';
import { logisticWeights, mlpParameters } from '../../src/flow/model/weights.ts';
import { atLeast, atMost, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { Random } from '../support/generator/random.ts';
import { truthStates, type TruthState } from '../support/generator/generator.ts';
import { ablations, measureAblations } from '../support/judging/ablation.ts';
import {
  benchmarkUsers,
  hardUsers,
  noisyLabels,
  plainUsers,
  type JudgedUser,
} from '../support/judging/benchmarkUsers.ts';
import {
  bootstrapByUser,
  brierSkill,
  calibrationError,
  RankedOutcomes,
  type Outcome,
} from '../support/judging/metrics.ts';
import { judgeRecorded, type RecordedSession } from '../support/judging/recorded.ts';
import { keysPercentile, timeOfDay, type Rival } from '../support/judging/rivals.ts';
import type { ScoredStep } from '../support/judging/scoredUser.ts';
import { judgeSpells, shownInFlow, type Shown } from '../support/judging/spells.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';

type Estimate = (step: ScoredStep) => number | undefined;
type Truth = (step: ScoredStep) => boolean;

const isFlow: Truth = ({ truth }) => truth === 'flow';
/** FlowLight calls the top 9 % of a person's own activity busy. */
const busyShare = 0.09;

/** A model's own probability, whether or not it was shown; nothing known counts as no flow. */
function estimateOf(model: FlowModel): Estimate {
  return ({ features }) => (features === undefined ? 0 : sigmoid(model.logit(features)));
}

/** How estimates fit the truth; steps without an estimate are left out. */
function outcomesOf(users: readonly JudgedUser[], estimate: Estimate, truth = isFlow): Outcome[] {
  return users.flatMap(({ steps }, user) =>
    steps.flatMap((step) => {
      const probability = estimate(step);
      return probability === undefined ? [] : [{ probability, isFlow: truth(step), user }];
    }),
  );
}

function rivalOutcomes(users: readonly JudgedUser[], rival: Rival): Outcome[] {
  return users.flatMap(({ steps }, user) => {
    const numbers = rival(steps);
    return steps.map((step, index) => ({
      probability: numbers[index] ?? 0,
      isFlow: isFlow(step),
      user,
    }));
  });
}

function areaOf(outcomes: readonly Outcome[]): number {
  return new RankedOutcomes(outcomes).areaUnderRoc();
}

function describeModel(name: string, outcomes: readonly Outcome[]): Figure[] {
  const ranked = new RankedOutcomes(outcomes);
  const { low, high } = bootstrapByUser(
    benchmarkUsers,
    (counts) => ranked.areaUnderRoc(counts),
    new Random(1),
  );
  return [
    told(`${name}: AUC, 95 % from`, low, ''),
    told(`${name}: AUC, 95 % to`, high, ''),
    told(`${name}: AUPRC`, ranked.areaUnderPrecisionRecall(), ''),
    told(`${name}: Brier skill`, brierSkill(outcomes), ''),
  ];
}

function compareModels(users: readonly JudgedUser[]): Figure[] {
  const shipped = outcomesOf(users, estimateOf(shippedModel()));
  const layered = outcomesOf(
    users,
    estimateOf(new MlpModel(mlpParameters, logisticWeights.weights)),
  );
  const linear = outcomesOf(users, estimateOf(new LogisticModel(logisticWeights)));
  const shown = outcomesOf(users, ({ probability }) => probability);
  const ofLayered = new RankedOutcomes(layered);
  const ofLinear = new RankedOutcomes(linear);
  const gain = bootstrapByUser(
    benchmarkUsers,
    (counts) => ofLayered.areaUnderRoc(counts) - ofLinear.areaUnderRoc(counts),
    new Random(2),
  );
  return [
    atLeast('AUC, every step', areaOf(shipped), '', 0.93),
    atMost('ECE, every step', calibrationError(shipped), '', 0.05),
    ...describeModel('perceptron', layered),
    told('logistic: AUC', areaOf(linear), ''),
    ...describeModel('logistic', linear),
    told('perceptron over logistic: AUC gain', gain.value, ''),
    told('perceptron over logistic: AUC gain, 95 % from', gain.low, ''),
    told('perceptron over logistic: AUC gain, 95 % to', gain.high, ''),
    told('steps that show a score: AUC', areaOf(shown), ''),
    told('steps that show a score: ECE', calibrationError(shown), ''),
    told('FlowLight rule: AUC', areaOf(rivalOutcomes(users, keysPercentile)), ''),
    told('time of day: AUC', areaOf(rivalOutcomes(users, timeOfDay)), ''),
  ];
}

/** What is shown as flow, in sums over all users. */
function summarize(
  users: readonly JudgedUser[],
  shownOf: (steps: readonly ScoredStep[]) => Shown,
): {
  readonly found: number;
  readonly medianMinutes: number;
  readonly falsePerHour: number;
  readonly changesPerHour: number;
  readonly stateChangesPerHour: number;
  readonly shownShare: (state: TruthState) => number;
} {
  const reports = users.map(({ user, steps }) => judgeSpells(user, steps, shownOf(steps)));
  const sum = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const minutes = reports.flatMap((report) => report.detectionMinutes).sort((a, b) => a - b);
  const hours = sum((report) => report.hours);
  return {
    found: minutes.length / sum((report) => report.longSpells),
    medianMinutes: minutes[Math.floor(minutes.length / 2)] ?? NaN,
    falsePerHour: sum((report) => report.falseEntries) / sum((report) => report.hoursWithoutFlow),
    changesPerHour: sum((report) => report.changes) / hours,
    stateChangesPerHour: sum((report) => report.stateChanges) / hours,
    shownShare: (state) =>
      sum((report) => report.shownSteps.get(state) ?? 0) /
      sum((report) => report.steps.get(state) ?? 0),
  };
}

/** Limits on how often a state that is no flow may be shown as one. */
const shownLimits: Readonly<Partial<Record<TruthState, number>>> = {
  reading: 5,
  inserted: 3,
  thrashing: 10,
};

function describeDetector(users: readonly JudgedUser[]): Figure[] {
  const ours = summarize(users, () => shownInFlow);
  const unheld = summarize(
    users,
    () =>
      ({ probability }) =>
        (probability ?? 0) >= enterProbability,
  );
  const busy = summarize(users, (steps) => {
    const percentiles = keysPercentile(steps);
    const shown = new Map(steps.map((step, index) => [step, percentiles[index] ?? 0]));
    return (step) => (shown.get(step) ?? 0) >= 1 - busyShare;
  });
  const steps = users.flatMap((user) => user.steps);
  const unknown = steps.filter(({ probability }) => probability === undefined).length;
  return [
    atLeast('spells of 10 min and more found', 100 * ours.found, '%', 85),
    atMost('median time to find them', ours.medianMinutes, 'min', 5),
    atMost('false entries per hour without flow', ours.falsePerHour, '1/h', 0.2),
    told('flow begins or ends', ours.changesPerHour, '1/h'),
    told('any state changes', ours.stateChangesPerHour, '1/h'),
    told('steps without a score', (100 * unknown) / steps.length, '%'),
    ...truthStates.map((state) => {
      const share = 100 * ours.shownShare(state);
      const limit = shownLimits[state];
      const name = `${state}: shown as flow`;
      return limit === undefined ? told(name, share, '%') : atMost(name, share, '%', limit);
    }),
    told('without hysteresis: spells found', 100 * unheld.found, '%'),
    told('without hysteresis: median time', unheld.medianMinutes, 'min'),
    told('without hysteresis: false entries', unheld.falsePerHour, '1/h'),
    told('without hysteresis: flow begins or ends', unheld.changesPerHour, '1/h'),
    told('FlowLight rule: spells found', 100 * busy.found, '%'),
    told('FlowLight rule: median time', busy.medianMinutes, 'min'),
    told('FlowLight rule: false entries', busy.falsePerHour, '1/h'),
    told('FlowLight rule: flow begins or ends', busy.changesPerHour, '1/h'),
  ];
}

function describeHard(plain: readonly JudgedUser[]): Figure[] {
  const hard = hardUsers();
  const noisyPlain = noisyLabels(plain);
  const noisyHard = noisyLabels(hard);
  const estimate = estimateOf(shippedModel());
  const ours = summarize(hard, () => shownInFlow);
  return [
    told('hard variant: AUC', areaOf(outcomesOf(hard, estimate)), ''),
    told('hard variant: spells found', 100 * ours.found, '%'),
    told('hard variant: median time', ours.medianMinutes, 'min'),
    told('hard variant: false entries', ours.falsePerHour, '1/h'),
    told(
      'plain, noisy labels: AUC',
      areaOf(outcomesOf(plain, estimate, (step) => noisyPlain.get(step) === true)),
      '',
    ),
    told(
      'hard variant, noisy labels: AUC',
      areaOf(outcomesOf(hard, estimate, (step) => noisyHard.get(step) === true)),
      '',
    ),
  ];
}

function describeRecorded(): Figure[] {
  const file = path.join(repositoryRoot, 'test/fixtures/klicke/sessions.jsonl');
  const sessions = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedSession);
  const report = judgeRecorded(sessions);
  return [
    atMost('real typing: readings that are no number', report.unsound, '', 0),
    told('real typing: flow begins or ends', report.flowChangesPerHour, '1/h'),
    ...[...report.shares].map(([state, share]) => told(`real typing: ${state}`, 100 * share, '%')),
  ];
}

/** Simulated users with known states, and a little real typing without. Never the accuracy for people. */
export function run(): Promise<SuiteResult> {
  const users = plainUsers();
  const areas = measureAblations(users);
  return Promise.resolve({
    suite: 'detector',
    figures: [
      ...compareModels(users),
      ...describeDetector(users),
      ...describeHard(users),
      ...ablations.map(({ name }) => told(`left out, ${name}: AUC`, areas.get(name) ?? NaN, '')),
      ...describeRecorded(),
    ],
  });
}
