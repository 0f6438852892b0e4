import { LogisticModel } from './logisticModel.ts';
import { MlpModel } from './mlpModel.ts';
import type { TunableModel } from './personalModel.ts';
import { chosenModel, logisticWeights, mlpParameters } from './weights.ts';

/** A model with the weights that Millrace ships. An engine needs one of its own, as it holds its work space. */
export function shippedModel(): TunableModel {
  return chosenModel === 'mlp'
    ? new MlpModel(mlpParameters, logisticWeights.weights)
    : new LogisticModel(logisticWeights);
}
