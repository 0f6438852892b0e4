import { mlpLayers, mlpParameterCount } from '../../../src/flow/model/mlpModel.ts';
import type { Random } from '../generator/random.ts';
import type { Example } from './example.ts';

export interface MlpTraining {
  readonly epochs: number;
  readonly batch: number;
  /** Falls to nothing over the training, along half a cosine. */
  readonly learningRate: number;
  /** L2 on the weights, for each step. */
  readonly decay: number;
}

const firstMoment = 0.9;
const secondMoment = 0.999;
const epsilon = 1e-8;

/**
 * Trains the perceptron with Adam (Kingma and Ba, 2015) on the log loss. The same examples and the same
 * random numbers give the same parameters.
 */
export function trainMlp(
  examples: readonly Example[],
  random: Random,
  { epochs, batch, learningRate, decay }: MlpTraining,
): Float64Array {
  const parameters = initialParameters(random);
  const gradient = new Float64Array(mlpParameterCount);
  const first = new Float64Array(mlpParameterCount);
  const second = new Float64Array(mlpParameterCount);
  const pass = new Pass(parameters, gradient);
  const order = Uint32Array.from(examples, (_, index) => index);
  const batches = Math.ceil(order.length / batch);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < order.length; from += batch) {
      gradient.fill(0);
      const chosen = order.subarray(from, from + batch);
      for (const index of chosen) {
        const example = examples[index];
        if (example !== undefined) {
          pass.learn(example);
        }
      }
      step++;
      const rate = (learningRate / 2) * (1 + Math.cos((Math.PI * step) / (batches * epochs)));
      for (let at = 0; at < mlpParameterCount; at++) {
        const slope = (gradient[at] ?? 0) / chosen.length + decay * (parameters[at] ?? 0);
        first[at] = firstMoment * (first[at] ?? 0) + (1 - firstMoment) * slope;
        second[at] = secondMoment * (second[at] ?? 0) + (1 - secondMoment) * slope * slope;
        const mean = (first[at] ?? 0) / (1 - firstMoment ** step);
        const spread = Math.sqrt((second[at] ?? 0) / (1 - secondMoment ** step));
        parameters[at] = (parameters[at] ?? 0) - (rate * mean) / (spread + epsilon);
      }
    }
  }
  return parameters;
}

/** He et al. (2015): normal with variance 2 / inputs; biases 0. */
function initialParameters(random: Random): Float64Array {
  const parameters = new Float64Array(mlpParameterCount);
  let at = 0;
  for (let layer = 1; layer < mlpLayers.length; layer++) {
    const inputs = mlpLayers[layer - 1] ?? 0;
    for (let unit = 0; unit < (mlpLayers[layer] ?? 0); unit++) {
      for (let input = 0; input < inputs; input++) {
        parameters[at++] = random.normal(0, Math.sqrt(2 / inputs));
      }
      at++;
    }
  }
  return parameters;
}

function shuffle(order: Uint32Array, random: Random): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const held = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = held;
  }
}

/** Forward and backward through the layers, adding to one gradient. */
class Pass {
  readonly #parameters: Float64Array;
  readonly #gradient: Float64Array;
  readonly #units = mlpLayers.map((count) => new Float64Array(count));
  readonly #slopes = mlpLayers.map((count) => new Float64Array(count));
  /** Where each layer's parameters begin. */
  readonly #offsets: readonly number[];

  constructor(parameters: Float64Array, gradient: Float64Array) {
    this.#parameters = parameters;
    this.#gradient = gradient;
    let offset = 0;
    this.#offsets = mlpLayers.map((units, layer) => {
      const start = offset;
      offset += layer === 0 ? 0 : units * ((mlpLayers[layer - 1] ?? 0) + 1);
      return start;
    });
  }

  learn({ features, isFlow }: Example): void {
    this.#units[0]?.set(features);
    for (let layer = 1; layer < mlpLayers.length; layer++) {
      this.#forward(layer);
    }
    const last = mlpLayers.length - 1;
    const logit = this.#units[last]?.[0] ?? 0;
    this.#slopes[last]?.fill(1 / (1 + Math.exp(-logit)) - (isFlow ? 1 : 0));
    for (let layer = last; layer > 0; layer--) {
      this.#backward(layer);
    }
  }

  #forward(layer: number): void {
    const inputs = this.#at(this.#units, layer - 1);
    const units = this.#at(this.#units, layer);
    let at = this.#offsets[layer] ?? 0;
    for (let unit = 0; unit < units.length; unit++) {
      let sum = 0;
      for (const input of inputs) {
        sum += (this.#parameters[at++] ?? 0) * input;
      }
      sum += this.#parameters[at++] ?? 0;
      units[unit] = layer < mlpLayers.length - 1 && sum < 0 ? 0 : sum;
    }
  }

  #backward(layer: number): void {
    const inputs = this.#at(this.#units, layer - 1);
    const units = this.#at(this.#units, layer);
    const slopes = this.#at(this.#slopes, layer);
    const inputSlopes = this.#at(this.#slopes, layer - 1).fill(0);
    let at = this.#offsets[layer] ?? 0;
    for (let unit = 0; unit < units.length; unit++) {
      const isOff = layer < mlpLayers.length - 1 && (units[unit] ?? 0) <= 0;
      const slope = isOff ? 0 : (slopes[unit] ?? 0);
      for (let input = 0; input < inputs.length; input++) {
        this.#gradient[at] = (this.#gradient[at] ?? 0) + slope * (inputs[input] ?? 0);
        inputSlopes[input] = (inputSlopes[input] ?? 0) + slope * (this.#parameters[at] ?? 0);
        at++;
      }
      this.#gradient[at] = (this.#gradient[at] ?? 0) + slope;
      at++;
    }
  }

  #at(layers: readonly Float64Array[], layer: number): Float64Array {
    return layers[layer] ?? new Float64Array();
  }
}
