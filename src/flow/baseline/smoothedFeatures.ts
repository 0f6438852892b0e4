import { featureCount } from '../../facts/flow.ts';
import type { RawFeatures } from '../../facts/minuteSample.ts';
import type { Baseline } from './baseline.ts';
import { isKnownFeature, knownFeatures } from '../features/knownFeatures.ts';

/**
 * The normalised features, smoothed from step to step. One that is not known is as usual, 0, at once, and what was known of it
 * before does not linger; when it is known again, it begins anew.
 */
export class SmoothedFeatures {
  /** In the order of `featureNames`. Live: the next step writes it over. */
  readonly values = new Float32Array(featureCount);
  readonly #normalised = new Float32Array(featureCount);
  #known = 0;

  /** The features that are known, a bit for each; 0 where nothing is. */
  get known(): number {
    return this.#known;
  }

  /** @param newShare how much of this step goes into what was smoothed before, 0-1 */
  add(raw: RawFeatures, baseline: Baseline, newShare: number): void {
    const before = this.#known;
    this.#known = knownFeatures(raw);
    baseline.normalise(raw, this.#normalised);
    for (let index = 0; index < featureCount; index++) {
      const share = isKnownFeature(before & this.#known, index) ? newShare : 1;
      const old = this.values[index] ?? 0;
      this.values[index] = old + share * ((this.#normalised[index] ?? 0) - old);
    }
  }

  /** Nothing before has to do with what comes. */
  forget(): void {
    this.#known = 0;
  }

  /** Goes on from what {@link values} and {@link known} were. */
  restore(values: readonly number[], known: number): void {
    this.values.set(values);
    this.#known = known;
  }
}
