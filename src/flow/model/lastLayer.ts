import { sigmoid } from './flowModel.ts';

/** One answer to learn from: what the last layer saw, and whether it was flow for the person. */
export interface LastLayerExample {
  /** Inputs of the layer; the last one is 1, for the bias. */
  readonly inputs: Float64Array;
  readonly isFlow: boolean;
}

const newtonSteps = 30;
const enough = 1e-9;
const leastShare = 1e-4;

/**
 * Fits a logistic unit by Newton's method, held to prior weights: minimises the log loss plus half of
 * penalty * (weight - prior)^2. Without examples, the prior comes back.
 * @param penalties above 0, one for each weight
 */
export function fitTowards(
  examples: readonly LastLayerExample[],
  prior: readonly number[],
  penalties: readonly number[],
): number[] {
  let weights = [...prior];
  let cost = costOf(weights, examples, prior, penalties);
  for (let step = 0; step < newtonSteps; step++) {
    const change = newtonChange(weights, examples, prior, penalties);
    // A whole step may go too far where the unit is sure of itself: take as much of it as helps.
    let share = 1;
    let next = weights.map((weight, at) => weight + (change[at] ?? 0));
    let nextCost = costOf(next, examples, prior, penalties);
    while (nextCost > cost && share > leastShare) {
      share /= 2;
      next = weights.map((weight, at) => weight + share * (change[at] ?? 0));
      nextCost = costOf(next, examples, prior, penalties);
    }
    if (nextCost >= cost - enough) {
      break;
    }
    weights = next;
    cost = nextCost;
  }
  return weights;
}

function costOf(
  weights: readonly number[],
  examples: readonly LastLayerExample[],
  prior: readonly number[],
  penalties: readonly number[],
): number {
  let cost = 0;
  weights.forEach((weight, at) => {
    cost += ((penalties[at] ?? 0) / 2) * (weight - (prior[at] ?? 0)) ** 2;
  });
  for (const { inputs, isFlow } of examples) {
    cost += logLoss(dot(weights, inputs), isFlow);
  }
  return cost;
}

function newtonChange(
  weights: readonly number[],
  examples: readonly LastLayerExample[],
  prior: readonly number[],
  penalties: readonly number[],
): number[] {
  const gradient = weights.map((weight, at) => (penalties[at] ?? 0) * ((prior[at] ?? 0) - weight));
  const curvature = weights.map((_, row) =>
    weights.map((__, column) => (row === column ? (penalties[row] ?? 0) : 0)),
  );
  for (const { inputs, isFlow } of examples) {
    const probability = sigmoid(dot(weights, inputs));
    const error = (isFlow ? 1 : 0) - probability;
    const weight = probability * (1 - probability);
    inputs.forEach((input, row) => {
      gradient[row] = (gradient[row] ?? 0) + error * input;
      const curve = curvature[row];
      inputs.forEach((other, column) => {
        if (curve !== undefined) {
          curve[column] = (curve[column] ?? 0) + weight * input * other;
        }
      });
    });
  }
  return solve(curvature, gradient);
}

/** The log loss of one answer, in nats. */
export function logLoss(logit: number, isFlow: boolean): number {
  const towards = isFlow ? logit : -logit;
  // ln(1 + e^-x), which for very negative x is -x.
  return towards < -30 ? -towards : Math.log1p(Math.exp(-towards));
}

export function dot(weights: readonly number[], inputs: ArrayLike<number>): number {
  return weights.reduce((sum, weight, at) => sum + weight * (inputs[at] ?? 0), 0);
}

/** Gauss-Jordan; the matrix is positive definite, so no pivoting. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((values, row) => [...values, right[row] ?? 0]);
  rows.forEach((row, pivot) => {
    const lead = row[pivot] ?? 1;
    row.forEach((value, column) => (row[column] = value / lead));
    rows.forEach((other, index) => {
      const factor = index === pivot ? 0 : (other[pivot] ?? 0);
      other.forEach((value, column) => (other[column] = value - factor * (row[column] ?? 0)));
    });
  });
  return rows.map((row) => row.at(-1) ?? 0);
}
