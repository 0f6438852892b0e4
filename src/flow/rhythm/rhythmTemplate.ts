import { appendLeb128 } from '../leb128.ts';
import { rhythmBins } from './rhythmWindow.ts';

/** Windows of a person before anything is said of a new one: 10,000 keys. */
export const windowsToLearn = 20;
/** What is older counts half as much each time that this many windows have come. */
const mostWindows = 60;
/** Distances are remembered to this. */
const distanceStep = 0.005;
const distanceBins = 64;
/** A window further off than all but this share of the person's own is unusual. */
const unusualShare = 0.05;
/**
 * No window that is nearer than this is unusual. Within one sitting, 95 % of the windows of 500 lie below .02
 * of what the same person typed before (test/bench/signature.bench.ts); days differ more than minutes.
 */
export const leastLimit = 0.03;

/**
 * What somebody's rhythm is usually like: a histogram of intervals over many windows, and how far their own
 * windows lie from it. An order-free statistic: no text or time can be had from it, but it is a biometric.
 */
export class RhythmTemplate {
  readonly #counts = new Float64Array(rhythmBins);
  readonly #distances = new Uint32Array(distanceBins);
  readonly #own = new Float64Array(rhythmBins);
  readonly #other = new Float64Array(rhythmBins);
  #windows = 0;

  /** Windows that this rests on; older ones count half. */
  get windows(): number {
    return this.#windows;
  }

  /** Intervals in each bin, over all windows. */
  get counts(): Readonly<Float64Array> {
    return this.#counts;
  }

  /** How many own windows lay at each distance. */
  get distances(): Readonly<Uint32Array> {
    return this.#distances;
  }

  get isLearned(): boolean {
    return this.#windows >= windowsToLearn;
  }

  /** Up to where a window counts as this person's. */
  get limit(): number {
    let total = 0;
    for (const windows of this.#distances) {
      total += windows;
    }
    let above = 0;
    let bin = distanceBins;
    while (bin > 0 && above + (this.#distances[bin - 1] ?? 0) <= unusualShare * total) {
      bin--;
      above += this.#distances[bin] ?? 0;
    }
    return Math.max(leastLimit, bin * distanceStep);
  }

  /**
   * How different a window is: 1 less the Bhattacharyya coefficient of both histograms, each smoothed over its
   * neighbouring bins. From 0, the same, to 1, nothing in common; 1 as well when there is nothing to compare.
   */
  distanceTo(counts: ArrayLike<number>): number {
    const own = smooth(this.#counts, this.#own);
    const other = smooth(counts, this.#other);
    if (own === 0 || other === 0) {
      return 1;
    }
    let shared = 0;
    for (let bin = 0; bin < rhythmBins; bin++) {
      shared += Math.sqrt((this.#own[bin] ?? 0) * (this.#other[bin] ?? 0));
    }
    return Math.min(1, Math.max(0, 1 - shared / Math.sqrt(own * other)));
  }

  /** Takes windows for this person's. */
  learn(counts: ArrayLike<number>, windows = 1): void {
    for (let bin = 0; bin < rhythmBins; bin++) {
      this.#counts[bin] = (this.#counts[bin] ?? 0) + (counts[bin] ?? 0);
    }
    this.#windows += windows;
    if (this.#windows >= mostWindows) {
      this.#windows = Math.floor(this.#windows / 2);
      halve(this.#counts);
      halve(this.#distances);
    }
  }

  /** Notes how far a window of this person lay from the ones before it. */
  learnDistance(distance: number): void {
    const bin = Math.min(distanceBins - 1, Math.max(0, Math.floor(distance / distanceStep)));
    this.#distances[bin] = (this.#distances[bin] ?? 0) + 1;
  }

  /** Goes on from what {@link windows}, {@link counts} and {@link distances} were. */
  static from(
    windows: number,
    counts: ArrayLike<number>,
    distances: ArrayLike<number>,
  ): RhythmTemplate {
    const template = new RhythmTemplate();
    template.#windows = windows;
    template.#counts.set(counts);
    template.#distances.set(distances);
    return template;
  }
}

/** Weights 1, 2, 1 over neighbours, the ends standing in for what lies beyond. @returns the sum */
function smooth(counts: ArrayLike<number>, into: Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin < rhythmBins; bin++) {
    const here = counts[bin] ?? 0;
    const value = (counts[bin - 1] ?? here) + 2 * here + (counts[bin + 1] ?? here);
    into[bin] = value;
    sum += value;
  }
  return sum;
}

function halve(values: Float64Array | Uint32Array): void {
  for (let at = 0; at < values.length; at++) {
    values[at] = Math.floor((values[at] ?? 0) / 2);
  }
}

/** The name under which a vault keeps the template. */
export const rhythmTemplateName = 'rhythm-signature';

/**
 * As bytes, for a vault's template. All numbers are unsigned LEB128, in the shortest form:
 *
 *   version (1) | windows | intervals in all | count of each bin ... | distances in all | count of each bin ...
 *
 * Another version is refused, as its bins may mean something else.
 */
const version = 1;
/** No honest count needs more than 28 bits. */
const mostGroups = 4;

export function encodeRhythmTemplate({ windows, counts, distances }: RhythmTemplate): Uint8Array {
  const bytes: number[] = [];
  const write = (value: number): void => {
    appendLeb128(bytes, value);
  };
  write(version);
  write(windows);
  for (const values of [[...counts], [...distances]]) {
    write(values.reduce((sum, value) => sum + value, 0));
    values.forEach(write);
  }
  return Uint8Array.from(bytes);
}

/**
 * The template of {@link encodeRhythmTemplate}, or `undefined` when the bytes are of another version or no
 * template at all; then learning begins anew.
 */
export function decodeRhythmTemplate(bytes: Uint8Array): RhythmTemplate | undefined {
  let at = 0;
  let isSound = true;
  const next = (): number => {
    let value = 0;
    for (let group = 0; group < mostGroups; group++) {
      const byte = bytes[at++] ?? 128;
      value += (byte % 128) * 128 ** group;
      if (byte < 128) {
        isSound &&= byte > 0 || group === 0;
        return value;
      }
    }
    isSound = false;
    return 0;
  };
  const list = (length: number): number[] => {
    const total = next();
    const values = Array.from({ length }, next);
    isSound &&= values.reduce((sum, value) => sum + value, 0) === total;
    return values;
  };
  isSound = next() === version && isSound;
  const windows = next();
  const counts = list(rhythmBins);
  const distances = list(distanceBins);
  return isSound && at === bytes.length && windows < mostWindows
    ? RhythmTemplate.from(windows, counts, distances)
    : undefined;
}
