import { logLoss } from '../../src/flow/model/lastLayer.ts';
import { tune } from '../../src/flow/model/personalModel.ts';
import { shippedModel } from '../../src/flow/model/shippedModel.ts';
import { atLeast, atMost, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { calmFlow, type SimulationOptions } from '../support/generator/generator.ts';
import { Random } from '../support/generator/random.ts';
import { bootstrapByUser, RankedOutcomes } from '../support/judging/metrics.ts';
import { answersTo, rate, stretchesOf } from '../support/judging/simulatedAnswers.ts';

/** Users that nothing else has seen. */
const firstSeed = 7_000_000;
const usersPerGroup = 32;
const learningDays = 15;
const perUser = { sessions: 20, sessionHours: 2 };

interface Group {
  readonly name: string;
  readonly options: SimulationOptions;
  readonly isHonest: boolean;
}

const groups: readonly Group[] = [
  { name: 'flow of another kind', options: { ...perUser, ...calmFlow }, isHonest: true },
  { name: 'flow as trained on', options: perUser, isHonest: true },
  { name: 'answers at random', options: perUser, isHonest: false },
];

interface Judged {
  readonly isTuned: boolean;
  /** Mean log loss on days after those that were learned from. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly before: readonly { readonly probability: number; readonly isFlow: boolean }[];
  readonly after: readonly { readonly probability: number; readonly isFlow: boolean }[];
}

function judgeUser({ options, isHonest }: Group, seed: number): Judged {
  const stretches = stretchesOf(seed, options);
  const firstDay = stretches[0]?.day ?? 0;
  const isPast = ({ day }: { readonly day: number }): boolean => day < firstDay + learningDays;
  const random = new Random(seed);
  const answers = answersTo(stretches.filter(isPast), random, isHonest);
  const shipped = shippedModel();
  const fit = tune(shipped, answers);
  // Judged by what the person would have answered, had they been asked about every stretch of later days.
  const later = stretches
    .filter((stretch) => !isPast(stretch))
    .map(({ features, isFlow }) => ({
      features,
      isFlow: rate(isFlow, random, isHonest) >= (fit.flowRating ?? Infinity),
    }));
  const personal = shipped.withLastLayer(fit.lastLayer);
  const outcomesOf = (model: typeof shipped): Judged['before'] =>
    later.map(({ features, isFlow }) => ({ probability: model.logit(features), isFlow }));
  const lossOf = (outcomes: Judged['before']): number =>
    outcomes.reduce((sum, { probability, isFlow }) => sum + logLoss(probability, isFlow), 0) /
    outcomes.length;
  const before = outcomesOf(shipped);
  const after = outcomesOf(personal);
  return {
    isTuned: fit.tuning !== 'none',
    lossBefore: lossOf(before),
    lossAfter: lossOf(after),
    before,
    after,
  };
}

function judgeGroup(group: Group, index: number): Figure[] {
  const users = Array.from({ length: usersPerGroup }, (_, user) =>
    judgeUser(group, firstSeed + 1_000 * index + user),
  );
  const weighted = (counts: ArrayLike<number>, of: (user: Judged) => number): number => {
    let sum = 0;
    let total = 0;
    users.forEach((user, at) => {
      sum += (counts[at] ?? 0) * of(user);
      total += counts[at] ?? 0;
    });
    return sum / total;
  };
  const gain = bootstrapByUser(
    usersPerGroup,
    (counts) => weighted(counts, ({ lossBefore, lossAfter }) => lossBefore - lossAfter),
    new Random(index),
  );
  const areaOf = (which: 'before' | 'after'): number =>
    new RankedOutcomes(
      users.flatMap((each, user) => each[which].map((outcome) => ({ ...outcome, user }))),
    ).areaUnderRoc();
  const worst = Math.min(...users.map(({ lossBefore, lossAfter }) => lossBefore - lossAfter));
  const { name } = group;
  const tuned = (100 * users.filter(({ isTuned }) => isTuned).length) / users.length;
  const lossBefore = weighted(new Uint8Array(usersPerGroup).fill(1), (user) => user.lossBefore);
  const honest = [
    told(`${name}: AUC before`, areaOf('before'), ''),
    told(`${name}: AUC after`, areaOf('after'), ''),
  ];
  return [
    told(`${name}: users tuned`, tuned, '%'),
    told(`${name}: log loss before`, lossBefore, 'nats'),
    index === 0
      ? atLeast(`${name}: log loss gained on later days, 95 % from`, gain.low, 'nats', 0)
      : told(`${name}: log loss gained on later days, 95 % from`, gain.low, 'nats'),
    told(`${name}: log loss gained on later days`, gain.value, 'nats'),
    told(`${name}: log loss gained on later days, 95 % to`, gain.high, 'nats'),
    told(`${name}: log loss lost by the unluckiest`, -worst, 'nats'),
    atMost(`${name}: log loss lost on the whole`, Math.max(0, -gain.value), 'nats', 0.01),
    ...(group.isHonest ? honest : []),
  ];
}

/** What tuning to a person's answers gains on days that it has not seen, and whether it does harm. */
export function run(): Promise<SuiteResult> {
  return Promise.resolve({ suite: 'personal', figures: groups.flatMap(judgeGroup) });
}
