import { featureCount } from '../../facts/flow.ts';
import { unitVector } from './flowModel.ts';
import type { TunableModel } from './personalModel.ts';

/** Units of each layer: five features, three hidden layers with ReLU, one output of log odds. */
export const mlpLayers: readonly number[] = [featureCount, 16, 8, 4, 1];
/** Layer by layer: for each unit the weights of its inputs and then its bias. */
export const mlpParameterCount = 273;
const lastLayerCount = 5;

/** A multi-layer perceptron 5 -> 16 -> 8 -> 4 -> 1 on typed arrays; evaluating it allocates nothing. */
export class MlpModel implements TunableModel {
  readonly direction: Float32Array;
  readonly #parameters: readonly number[];
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #third: Float64Array;

  /**
   * @param parameters {@link mlpParameterCount} of them; kept and not copied, so that many models share them
   * @param direction along which the log odds grow on the whole; a logistic model's weights will do
   * @throws {RangeError} for another number of parameters
   */
  constructor(parameters: readonly number[], direction: ArrayLike<number>) {
    if (parameters.length !== mlpParameterCount) {
      throw new RangeError(
        `The model has ${mlpParameterCount} parameters, not ${parameters.length}`,
      );
    }
    this.#parameters = parameters;
    const [, first = 0, second = 0, third = 0] = mlpLayers;
    this.#first = new Float64Array(first);
    this.#second = new Float64Array(second);
    this.#third = new Float64Array(third);
    this.direction = unitVector(direction);
  }

  get lastLayer(): readonly number[] {
    return this.#parameters.slice(-lastLayerCount);
  }

  lastInputs(features: Float32Array): Float64Array {
    this.logit(features);
    return Float64Array.of(...this.#third, 1);
  }

  /** @throws {RangeError} for another number of weights */
  withLastLayer(weights: readonly number[]): MlpModel {
    const parameters = [...this.#parameters.slice(0, -lastLayerCount), ...weights];
    return new MlpModel(parameters, this.direction);
  }

  logit(features: Float32Array): number {
    const parameters = this.#parameters;
    let at = layer(parameters, 0, features, this.#first);
    at = layer(parameters, at, this.#first, this.#second);
    at = layer(parameters, at, this.#second, this.#third);
    let sum = parameters[at + this.#third.length] ?? 0;
    for (let input = 0; input < this.#third.length; input++) {
      sum += (parameters[at + input] ?? 0) * (this.#third[input] ?? 0);
    }
    return sum;
  }
}

/** Evaluates a hidden layer from where its parameters begin, and returns where they end. */
function layer(
  parameters: readonly number[],
  from: number,
  inputs: Float32Array | Float64Array,
  units: Float64Array,
): number {
  const width = inputs.length;
  let at = from;
  for (let unit = 0; unit < units.length; unit++) {
    let sum = parameters[at + width] ?? 0;
    for (let input = 0; input < width; input++) {
      sum += (parameters[at + input] ?? 0) * (inputs[input] ?? 0);
    }
    units[unit] = sum < 0 ? 0 : sum;
    at += width + 1;
  }
  return at;
}
