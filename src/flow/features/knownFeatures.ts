import { featureNames } from '../../facts/flow.ts';
import type { RawFeatures } from '../../facts/minuteSample.ts';

/** The features that are known, a bit for each in the order of `featureNames`, from the lowest on. */
export function knownFeatures(raw: RawFeatures): number {
  let known = 0;
  for (let index = 0; index < featureNames.length; index++) {
    const name = featureNames[index];
    if (name !== undefined && raw[name] !== undefined) {
      known |= 1 << index;
    }
  }
  return known;
}

/** Whether the feature at a place in `featureNames` is among the known ones. */
export function isKnownFeature(known: number, index: number): boolean {
  return ((known >> index) & 1) === 1;
}

/** How many features are known. */
export function countKnown(known: number): number {
  let count = 0;
  for (let rest = known; rest > 0; rest &= rest - 1) {
    count++;
  }
  return count;
}
