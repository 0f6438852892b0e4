import { featureCount } from '../../../src/facts/flow.ts';
import { sigmoid } from '../../../src/flow/model/flowModel.ts';
import type { LogisticWeights } from '../../../src/flow/model/logisticModel.ts';
import type { Example } from './example.ts';

/** The least and the most that each weight may be. */
export type WeightBounds = readonly (readonly [number, number])[];

const free: WeightBounds = Array.from({ length: featureCount }, () => [-Infinity, Infinity]);
const newtonSteps = 25;
const ridge = 1;

/**
 * Logistic regression by Newton's method, with a little L2. A weight that would leave its bounds is set to
 * the bound, and the others are fitted again.
 */
export function trainLogistic(
  examples: readonly Example[],
  bounds: WeightBounds = free,
): LogisticWeights {
  const parameters = new Float64Array(featureCount + 1);
  const fixed = new Set<number>();
  for (;;) {
    for (let step = 0; step < newtonSteps; step++) {
      newtonStep(parameters, examples, fixed);
    }
    const outside = bounds.findIndex(([least, most], index) => {
      const weight = parameters[index] ?? 0;
      return !fixed.has(index) && (weight < least || weight > most);
    });
    if (outside === -1) {
      const [...all] = parameters;
      return { weights: all.slice(0, featureCount), bias: all[featureCount] ?? 0 };
    }
    const [least, most] = bounds[outside] ?? [0, 0];
    parameters[outside] = Math.min(most, Math.max(least, parameters[outside] ?? 0));
    fixed.add(outside);
  }
}

function newtonStep(
  parameters: Float64Array,
  examples: readonly Example[],
  fixed: ReadonlySet<number>,
): void {
  const size = parameters.length;
  const gradient = new Float64Array(size);
  const curvature = Array.from({ length: size }, () => new Float64Array(size));
  const inputs = new Float64Array(size).fill(1);
  for (const { features, isFlow } of examples) {
    inputs.set(features);
    let logit = 0;
    for (let index = 0; index < size; index++) {
      logit += (parameters[index] ?? 0) * (inputs[index] ?? 0);
    }
    const probability = sigmoid(logit);
    const error = (isFlow ? 1 : 0) - probability;
    const weight = probability * (1 - probability);
    for (let row = 0; row < size; row++) {
      const input = inputs[row] ?? 0;
      gradient[row] = (gradient[row] ?? 0) + error * input;
      const curve = curvature[row];
      for (let column = 0; column < size && curve !== undefined; column++) {
        curve[column] = (curve[column] ?? 0) + weight * input * (inputs[column] ?? 0);
      }
    }
  }
  for (let row = 0; row < size; row++) {
    const curve = curvature[row];
    if (curve === undefined) {
      continue;
    }
    if (fixed.has(row)) {
      // A bound holds this one: its equation says that nothing changes.
      curve.fill(0);
      curve[row] = 1;
      gradient[row] = 0;
    } else if (row < featureCount) {
      gradient[row] = (gradient[row] ?? 0) - ridge * (parameters[row] ?? 0);
      curve[row] = (curve[row] ?? 0) + ridge;
    }
  }
  const change = solve(curvature, gradient);
  for (let row = 0; row < size; row++) {
    parameters[row] = (parameters[row] ?? 0) + (change[row] ?? 0);
  }
}

/** Gauss-Jordan; the matrix is positive definite, so no pivoting. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const rows = matrix.map((values, row) => Float64Array.of(...values, right[row] ?? 0));
  rows.forEach((row, pivot) => {
    const lead = row[pivot] ?? 1;
    row.forEach((value, column) => (row[column] = value / lead));
    rows.forEach((other, index) => {
      const factor = index === pivot ? 0 : (other[pivot] ?? 0);
      other.forEach((value, column) => (other[column] = value - factor * (row[column] ?? 0)));
    });
  });
  return Float64Array.from(rows, (row) => row[size] ?? 0);
}
