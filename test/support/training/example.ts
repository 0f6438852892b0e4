/** One scoring step to learn from. */
export interface Example {
  /** Normalised features. */
  readonly features: Float32Array;
  readonly isFlow: boolean;
}
