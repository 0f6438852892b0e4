/** Tells how much a moment's features look like engaged time. */
export interface FlowModel {
  /**
   * The log odds that a moment with these normalised features, in the order of `featureNames`, belongs to an
   * engaged stretch.
   */
  logit(features: Float32Array): number;
  /** The way in feature space along which the log odds grow, of length 1. */
  readonly direction: Float32Array;
}

/** The logistic function: log odds to probability. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Scales a vector to length 1. A vector of zeros stays one. */
export function unitVector(values: ArrayLike<number>): Float32Array {
  const vector = Float32Array.from(values);
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
