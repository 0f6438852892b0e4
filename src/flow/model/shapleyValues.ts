import { featureCount, featureNames, type ScoreContribution } from '../../facts/flow.ts';
import { countKnown, isKnownFeature } from '../features/knownFeatures.ts';
import { sigmoid, type FlowModel } from './flowModel.ts';

const coalitions = 1 << featureCount;
const all = coalitions - 1;
/** Of the orders in which five features can join, the share in which one joins after a given number of others. */
const weightAfter: readonly number[] = [1 / 5, 1 / 20, 1 / 30, 1 / 20, 1 / 5];
/** To within a millionth of a range: the score then agrees to far less than a point. */
const halvings = 24;
/** Log odds are flat or steep, but twenty ranges along the model's direction pass every score there is. */
const farthest = 20;

/** A contribution that is written over. */
type MutableContribution = { -readonly [Name in keyof ScoreContribution]: ScoreContribution[Name] };

/**
 * Explains a score: what each feature adds to the score that is usual for the person, so that these add
 * up to the difference. These are exact Shapley values (L. S. Shapley, "A value for n-person games", 1953):
 * the mean, over all orders in which features can take their present value, of what a feature changes when
 * it does. Features that have not joined stand where the score is the usual one.
 */
export class ShapleyValues {
  readonly #contributions: MutableContribution[];
  readonly #model: FlowModel;
  readonly #values = new Float64Array(coalitions);
  readonly #mixed = new Float32Array(featureCount);
  readonly #reference = new Float32Array(featureCount);
  #referenceScore = NaN;
  /** The features that are known, a bit for each. */
  #known = all;

  constructor(model: FlowModel) {
    this.#model = model;
    this.#contributions = featureNames.map((feature) => ({ feature, points: 0 }));
  }

  /** What was explained last, without the features that are not known; written over by the next explanation. */
  get contributions(): readonly ScoreContribution[] {
    return this.#known === all
      ? this.#contributions
      : this.#contributions.filter((_, index) => this.#isKnown(index));
  }

  /**
   * Writes {@link contributions} for features whose score is to be explained. One that is not known is 0 for whom the
   * score is the usual one as well, and so no reason.
   * @param usualScore 0-100
   * @param known a bit for each feature that is known, from the lowest on
   */
  explain(features: Float32Array, usualScore: number, known: number = all): void {
    this.#findReference(usualScore, known);
    for (let coalition = 0; coalition < coalitions; coalition++) {
      for (let index = 0; index < featureCount; index++) {
        const from = (coalition >> index) & 1 ? features : this.#reference;
        this.#mixed[index] = from[index] ?? 0;
      }
      this.#values[coalition] = this.#score(this.#mixed);
    }
    let sum = 0;
    for (let index = 0; index < featureCount; index++) {
      const points = this.#shapleyValue(index);
      sum += points;
      this.#write(index, points);
    }
    // What rounding leaves, and a usual score of 0 or 100 that no features reach, is nobody's: share it.
    const rest = ((this.#values[coalitions - 1] ?? 0) - usualScore - sum) / countKnown(known);
    for (let index = 0; index < featureCount; index++) {
      if (this.#isKnown(index)) {
        this.#write(index, (this.#contributions[index]?.points ?? 0) + rest);
      }
    }
  }

  #shapleyValue(index: number): number {
    const own = 1 << index;
    let points = 0;
    for (let coalition = 0; coalition < coalitions; coalition++) {
      if ((coalition & own) === 0) {
        const gain = (this.#values[coalition | own] ?? 0) - (this.#values[coalition] ?? 0);
        points += (weightAfter[countKnown(coalition)] ?? 0) * gain;
      }
    }
    return points;
  }

  #write(index: number, points: number): void {
    const contribution = this.#contributions[index];
    if (contribution !== undefined) {
      contribution.points = points;
    }
  }

  /** Bisects along the model's direction for the point whose score is the usual one. */
  #findReference(usualScore: number, known: number): void {
    if (usualScore === this.#referenceScore && known === this.#known) {
      return;
    }
    this.#referenceScore = usualScore;
    this.#known = known;
    let low = -farthest;
    let high = farthest;
    for (let halving = 0; halving < halvings; halving++) {
      const middle = (low + high) / 2;
      this.#placeReference(middle);
      if (this.#score(this.#reference) < usualScore) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }

  #placeReference(distance: number): void {
    for (let index = 0; index < featureCount; index++) {
      this.#reference[index] = this.#isKnown(index)
        ? distance * (this.#model.direction[index] ?? 0)
        : 0;
    }
  }

  #isKnown(index: number): boolean {
    return isKnownFeature(this.#known, index);
  }

  #score(features: Float32Array): number {
    return 100 * sigmoid(this.#model.logit(features));
  }
}
