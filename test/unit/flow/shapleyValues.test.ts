import assert from 'node:assert/strict';
import fc from 'fast-check';
import { featureNames } from '../../../src/facts/flow.ts';
import { sigmoid, unitVector, type FlowModel } from '../../../src/flow/model/flowModel.ts';
import { LogisticModel } from '../../../src/flow/model/logisticModel.ts';
import { ShapleyValues } from '../../../src/flow/model/shapleyValues.ts';

const weights = [0.3, 1.1, 0.6, -0.8, 1.2];
const logistic = new LogisticModel({ weights, bias: -0.5 });
/** Features that only count together, so that the order in which they join matters. */
const entangled: FlowModel = {
  direction: unitVector(weights),
  logit: (features) =>
    logistic.logit(features) + Math.tanh((features[1] ?? 0) * (features[4] ?? 0)),
};
const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
  minLength: 5,
  maxLength: 5,
});

const sum = (explained: ShapleyValues): number =>
  explained.contributions.reduce((total, { points }) => total + points, 0);

describe('ShapleyParts', () => {
  for (const [name, model] of Object.entries({ logistic, entangled })) {
    it(`adds up to score minus usual for every score (${name})`, () => {
      const explained = new ShapleyValues(model);
      fc.assert(
        fc.property(vector, fc.integer({ min: 0, max: 100 }), (values, usual) => {
          const features = Float32Array.from(values);
          explained.explain(features, usual);
          const score = 100 * sigmoid(model.logit(features));
          assert.ok(Math.abs(sum(explained) - (score - usual)) < 1e-9);
        }),
      );
    });
  }

  it('leaves out what is not known, and adds up without it', () => {
    for (const model of [logistic, entangled]) {
      const explained = new ShapleyValues(model);
      fc.assert(
        fc.property(
          vector,
          fc.integer({ min: 0, max: 100 }),
          fc.integer({ min: 1, max: 31 }),
          (values, usual, known) => {
            const features = Float32Array.from(values, (value, index) =>
              (known >> index) & 1 ? value : 0,
            );
            explained.explain(features, usual, known);
            const told = featureNames.filter((_, index) => (known >> index) & 1);
            assert.deepEqual(
              explained.contributions.map(({ feature }) => feature),
              told,
            );
            const score = 100 * sigmoid(model.logit(features));
            assert.ok(Math.abs(sum(explained) - (score - usual)) < 1e-9);
          },
        ),
      );
    }
  });

  it('gives a feature that changes nothing no part', () => {
    const blind = new LogisticModel({ weights: [0, 1, 1, -1, 1], bias: 0 });
    const explained = new ShapleyValues(blind);
    explained.explain(Float32Array.of(3, 1, 1, 0, 1), 50);
    assert.ok(Math.abs(explained.contributions[0]?.points ?? NaN) < 1e-4);
  });

  it('gives each feature the sign of what it does', () => {
    const explained = new ShapleyValues(logistic);
    explained.explain(Float32Array.of(2, 2, -2, 2, -2), Math.round(100 * sigmoid(-0.5)));
    const signs = explained.contributions.map(({ points }) => Math.sign(points));
    assert.deepEqual(signs, [1, 1, -1, -1, -1]);
  });

  it('treats features that do the same the same', () => {
    const explained = new ShapleyValues(new LogisticModel({ weights: [1, 1, 1, 1, 1], bias: 0 }));
    explained.explain(Float32Array.of(1, 1, 1, 1, 1), 50);
    for (const { points } of explained.contributions) {
      assert.ok(Math.abs(points - sum(explained) / 5) < 1e-4);
    }
  });
});
