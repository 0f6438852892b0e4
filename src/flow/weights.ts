import type { LogisticWeights } from './logisticModel.ts';

/** Logistic weights in the order of `featureNames`. */
export const logisticWeights: LogisticWeights = {
  weights: [0.2, 1.2, 0.5, -0.7, 1.2],
  bias: -0.8,
};
