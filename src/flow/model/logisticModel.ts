import { unitVector } from './flowModel.ts';
import type { TunableModel } from './personalModel.ts';

/** A weight for each feature, and a bias. */
export interface LogisticWeights {
  readonly weights: readonly number[];
  readonly bias: number;
}

/** Logistic regression: log odds that are linear in the features. */
export class LogisticModel implements TunableModel {
  readonly direction: Float32Array;
  readonly #weights: Float64Array;
  readonly #bias: number;

  constructor(trained: LogisticWeights) {
    this.#weights = Float64Array.from(trained.weights);
    this.#bias = trained.bias;
    this.direction = unitVector(trained.weights);
  }

  get lastLayer(): readonly number[] {
    return [...this.#weights, this.#bias];
  }

  lastInputs(features: Float32Array): Float64Array {
    return Float64Array.of(...features, 1);
  }

  withLastLayer(weights: readonly number[]): LogisticModel {
    return new LogisticModel({ weights: weights.slice(0, -1), bias: weights.at(-1) ?? 0 });
  }

  logit(features: Float32Array): number {
    let sum = this.#bias;
    for (let index = 0; index < this.#weights.length; index++) {
      sum += (this.#weights[index] ?? 0) * (features[index] ?? 0);
    }
    return sum;
  }
}
