import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitTowards, logLoss } from '../../../src/flow/model/lastLayer.ts';
import { LogisticModel } from '../../../src/flow/model/logisticModel.ts';
import { MlpModel } from '../../../src/flow/model/mlpModel.ts';
import { answersNeeded, tune, type FeedbackAnswer } from '../../../src/flow/model/personalModel.ts';
import { shippedModel } from '../../../src/flow/model/shippedModel.ts';
import { logisticWeights, mlpParameters } from '../../../src/flow/model/weights.ts';
import { Random } from '../../support/generator/random.ts';

/** Answers of somebody whose flow follows one feature, four a day. */
function answersOf(
  days: number,
  rate: (features: Float32Array, random: Random) => number,
  seed = 5,
): FeedbackAnswer[] {
  const random = new Random(seed);
  return Array.from({ length: 4 * days }, (_, index) => {
    const features = Float32Array.from({ length: 5 }, () => random.normal());
    return { day: 20_000 + Math.floor(index / 4), rating: rate(features, random), features };
  });
}

/** Absorbed when writing slowly: the opposite of the shipped model. */
const slowly = (features: Float32Array, random: Random): number =>
  Math.max(1, Math.min(7, Math.round(4 - 2 * (features[4] ?? 0) + random.normal(0, 0.5))));
const atRandom = (_: Float32Array, random: Random): number => 1 + random.below(7);

const models = {
  logistic: new LogisticModel(logisticWeights),
  perceptron: new MlpModel(mlpParameters, logisticWeights.weights),
};

describe('personal tuning', () => {
  for (const [name, model] of Object.entries(models)) {
    it(`exchanges the last layer and nothing else (${name})`, () => {
      const features = Float32Array.of(0.3, 1, -0.5, 0.7, 1.2);
      const same = model.withLastLayer(model.lastLayer);
      assert.equal(same.logit(features), model.logit(features));
      const flat = model.withLastLayer(
        model.lastLayer.map((_, at, all) => (at === all.length - 1 ? 2 : 0)),
      );
      assert.equal(flat.logit(features), 2);
      const inputs = model.lastInputs(features);
      const sum = model.lastLayer.reduce(
        (total, weight, at) => total + weight * (inputs[at] ?? 0),
        0,
      );
      assert.ok(Math.abs(sum - model.logit(features)) < 1e-9);
    });
  }

  it('learns flow of another kind, and is right more often on later days', () => {
    const fit = tune(shippedModel(), answersOf(20, slowly));
    assert.equal(fit.tuning, 'lastLayer');
    assert.ok(fit.rightAfter > fit.rightBefore && fit.lossAfter < fit.lossBefore);
    const personal = shippedModel().withLastLayer(fit.lastLayer);
    const fast = Float32Array.of(0, 0, 0, 0, 2);
    assert.ok(personal.logit(fast) < personal.logit(fast.map((value) => -value)));
    assert.equal(fit.answers, 80);
  });

  it('keeps the shipped model where answers have nothing to do with typing', () => {
    const kept = Array.from({ length: 20 }, (_, seed) =>
      tune(shippedModel(), answersOf(15, atRandom, seed)),
    ).filter(({ tuning }) => tuning === 'none');
    assert.ok(kept.length >= 14, `${kept.length} of 20 kept`);
    for (const { answers, judged } of kept) {
      assert.ok(answers >= answersNeeded && judged > 0, 'what they taught was judged');
    }
  });

  it('learns nothing from few answers, from one day, or from answers that are all alike', () => {
    const all = answersOf(20, slowly);
    for (const answers of [
      [],
      all.slice(0, 15),
      all.map((answer) => ({ ...answer, day: 1 })),
      all.map((answer) => ({ ...answer, rating: 7 })),
    ]) {
      const fit = tune(shippedModel(), answers);
      assert.equal(fit.tuning, 'none');
      assert.deepEqual(fit.lastLayer, shippedModel().lastLayer);
      assert.ok(fit.answers < answersNeeded || fit.judged === 0);
    }
  });

  it('does not depend on the order in which answers are given', () => {
    const answers = answersOf(12, slowly);
    const mixed = answers.toReversed();
    const [fit, other] = [tune(shippedModel(), answers), tune(shippedModel(), mixed)];
    fit.lastLayer.forEach((weight, at) => {
      assert.ok(Math.abs(weight - (other.lastLayer[at] ?? NaN)) < 1e-6);
    });
  });

  it('is finite whatever the answers', () => {
    const answer = fc.record({
      day: fc.integer({ min: 0, max: 12 }),
      rating: fc.integer({ min: 1, max: 7 }),
      features: fc
        .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 5, maxLength: 5 })
        .map((values) => Float32Array.from(values)),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 60 }), (answers) => {
        const fit = tune(shippedModel(), answers);
        assert.ok(fit.lastLayer.every((weight) => Number.isFinite(weight)));
      }),
      { numRuns: 50 },
    );
  });

  it('falls back to the prior without examples, and never loses to it on what it learned', () => {
    assert.deepEqual(fitTowards([], [1, -2], [1, 1]), [1, -2]);
    const examples = Array.from({ length: 10 }, (_, index) => ({
      inputs: Float64Array.of(index * 100, 1),
      isFlow: index % 2 === 0,
    }));
    const weights = fitTowards(examples, [1, 0], [1, 1]);
    const loss = (of: readonly number[]): number =>
      examples.reduce(
        (sum, { inputs, isFlow }) =>
          sum + logLoss((of[0] ?? 0) * (inputs[0] ?? 0) + (of[1] ?? 0), isFlow),
        0,
      );
    assert.ok(loss(weights) <= loss([1, 0]));
  });
});
