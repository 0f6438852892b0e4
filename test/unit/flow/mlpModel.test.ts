import assert from 'node:assert/strict';
import { MlpModel, mlpLayers, mlpParameterCount } from '../../../src/flow/model/mlpModel.ts';
import { logisticWeights, mlpParameters } from '../../../src/flow/model/weights.ts';
import { Random } from '../../support/generator/random.ts';
import { trainMlp } from '../../support/training/trainMlp.ts';

/** The same network, written out in the plainest way. */
function plainLogit(parameters: readonly number[], features: readonly number[]): number {
  let inputs = [...features];
  let at = 0;
  mlpLayers.slice(1).forEach((units, index) => {
    inputs = Array.from({ length: units }, () => {
      const weights = parameters.slice(at, at + inputs.length);
      const bias = parameters[at + inputs.length] ?? NaN;
      at += inputs.length + 1;
      const sum = weights.reduce(
        (total, weight, input) => total + weight * (inputs[input] ?? 0),
        bias,
      );
      return index === mlpLayers.length - 2 ? sum : Math.max(0, sum);
    });
  });
  assert.equal(at, parameters.length);
  return inputs[0] ?? NaN;
}

describe('MlpModel', () => {
  it('has 273 parameters', () => {
    assert.equal(mlpParameterCount, 273);
    assert.equal(mlpParameters.length, 273);
    assert.throws(() => new MlpModel([1, 2, 3], logisticWeights.weights), RangeError);
  });

  it('computes what the network says', () => {
    const model = new MlpModel(mlpParameters, logisticWeights.weights);
    const random = new Random(3);
    for (let round = 0; round < 200; round++) {
      const features = Float32Array.from({ length: 5 }, () => random.normal(0, 1.5));
      const expected = plainLogit(mlpParameters, [...features]);
      assert.ok(Math.abs(model.logit(features) - expected) < 1e-9);
    }
  });

  it('learns what a logistic can not: that two features only count together', () => {
    const random = new Random(9);
    const examples = Array.from({ length: 4_000 }, () => {
      const features = Float32Array.from({ length: 5 }, () => random.normal());
      return { features, isFlow: (features[1] ?? 0) * (features[4] ?? 0) > 0 };
    });
    const training = { epochs: 12, batch: 64, learningRate: 0.01, decay: 0 };
    const learned = trainMlp(examples.slice(0, 3_000), new Random(1), training);
    assert.deepEqual(trainMlp(examples.slice(0, 3_000), new Random(1), training), learned);
    const model = new MlpModel([...learned], logisticWeights.weights);
    const right = examples
      .slice(3_000)
      .filter(({ features, isFlow }) => model.logit(features) > 0 === isFlow);
    assert.ok(right.length > 900, `${right.length} of 1000`);
  });
});
