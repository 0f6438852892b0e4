import type { FlowModel } from './flowModel.ts';
import { LogisticModel } from './logisticModel.ts';
import { MlpModel } from './mlpModel.ts';
import { chosenModel, logisticWeights, mlpParameters } from './weights.ts';

/** A model with the weights that Millrace ships. An engine needs one of its own, as it holds its work space. */
export function shippedModel(): FlowModel {
  return chosenModel === 'mlp'
    ? new MlpModel(mlpParameters, logisticWeights.weights)
    : new LogisticModel(logisticWeights);
}
