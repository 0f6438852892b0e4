import { flowStates } from '../../facts/flow.ts';
import type { MinuteSample, RawFeatures } from '../../facts/minuteSample.ts';
import { VaultError } from '../vaultError.ts';

/**
 * One minute in 14 bytes, its minute number apart. Every field saturates: a count past its range is stored as
 * the largest there is. The layout is in docs/vault-format.md, "Packed minute".
 */
export const packedMinuteBytes = 14;

/** Where a packed minute holds its counted seconds. */
export const secondsOffset = 8;

/** In the score's byte, and in those of the raw features: there is none. In the first of these it stands for all five. */
const none = 255;
const mostOfFeature = 254;
const confidenceSteps = 15;
const fractionSteps = 254;
/** Raw `rhythm` and `velocity` have no upper bound by definition; these steps reach 5.08 and 7.94. */
const rhythmStep = 0.02;
const velocityStep = 1 / 32;
/** `blockChars` is round(16 * log2(1 + n)): exact up to 20, within 2.2 % above, up to 62,756 characters. */
const blockCharsScale = 16;
const mostBlockChars = 62_756;

/**
 * Writes a sample's fields, without its minute number, at `offset`.
 * @throws {RangeError} when `target` has fewer than {@link packedMinuteBytes} bytes from there on.
 */
export function packMinute(sample: MinuteSample, target: Uint8Array, offset: number): void {
  if (offset < 0 || offset + packedMinuteBytes > target.length) {
    throw new RangeError('A packed minute does not fit there');
  }
  const confidence = quantise(sample.confidence * confidenceSteps, confidenceSteps);
  target[offset] = (flowStates.indexOf(sample.state) << 4) | confidence;
  target[offset + 1] = sample.score === undefined ? none : quantise(sample.score, 100);
  const insertedChars = quantise(sample.insertedChars, 0xffff);
  target[offset + 2] = insertedChars & 0xff;
  target[offset + 3] = insertedChars >>> 8;
  target[offset + 4] = quantise(sample.deletes, 255);
  target[offset + 5] = quantise(
    blockCharsScale * Math.log2(1 + quantise(sample.blockChars, mostBlockChars)),
    255,
  );
  target[offset + 6] = (quantise(sample.undos, 15) << 4) | quantise(sample.blurs, 15);
  target[offset + 7] = quantise(sample.navigations, 255);
  target[offset + 8] = quantise(sample.seconds, 60);
  packRaw(sample.raw, target, offset + 9);
}

/**
 * Reads what {@link packMinute} wrote.
 * @throws {RangeError} when there are too few bytes.
 * @throws {VaultError} `damaged` when a byte holds what no writer writes.
 */
export function unpackMinute(source: Uint8Array, offset: number, minute: number): MinuteSample {
  if (offset < 0 || offset + packedMinuteBytes > source.length) {
    throw new RangeError('No packed minute is there');
  }
  const at = (index: number): number => source[offset + index] ?? 0;
  const state = flowStates[at(0) >>> 4];
  const score = at(1);
  if (state === undefined || !isPackedMinute(source, offset)) {
    throw new VaultError('damaged', 'A packed minute holds a value that none has');
  }
  return {
    minute,
    state,
    score: score === none ? undefined : score,
    confidence: (at(0) & 0x0f) / confidenceSteps,
    seconds: at(8),
    insertedChars: at(2) | (at(3) << 8),
    deletes: at(4),
    blockChars: Math.round(2 ** (at(5) / blockCharsScale) - 1),
    undos: at(6) >>> 4,
    navigations: at(7),
    blurs: at(6) & 0x0f,
    raw: unpackRaw(source, offset + 9),
  };
}

/** Whether the bytes from there on are what {@link packMinute} may have written. */
export function isPackedMinute(source: Uint8Array, offset: number): boolean {
  const score = source[offset + 1] ?? none;
  return (
    (source[offset] ?? 255) >>> 4 < flowStates.length &&
    (score <= 100 || score === none) &&
    (source[offset + secondsOffset] ?? 255) <= 60
  );
}

function packRaw(raw: RawFeatures | undefined, target: Uint8Array, offset: number): void {
  if (raw === undefined) {
    target[offset] = none;
    target.fill(0, offset + 1, offset + 5);
    return;
  }
  // No hand is so even that its rhythm would be 0: that stands for none, as it did before there was a word for it.
  target[offset] =
    raw.rhythm === undefined ? 0 : Math.max(1, quantise(raw.rhythm / rhythmStep, mostOfFeature));
  target[offset + 1] = packFeature(raw.focus, fractionSteps);
  target[offset + 2] = packFeature(raw.consistency, fractionSteps);
  target[offset + 3] = packFeature(raw.error, fractionSteps);
  target[offset + 4] = packFeature(raw.velocity, 1 / velocityStep);
}

function packFeature(value: number | undefined, steps: number): number {
  return value === undefined ? none : quantise(value * steps, mostOfFeature);
}

function unpackRaw(source: Uint8Array, offset: number): RawFeatures | undefined {
  const at = (index: number): number => source[offset + index] ?? 0;
  if (at(0) === none) {
    return undefined;
  }
  return {
    rhythm: at(0) === 0 ? undefined : at(0) * rhythmStep,
    focus: unpackFeature(at(1), fractionSteps),
    consistency: unpackFeature(at(2), fractionSteps),
    error: unpackFeature(at(3), fractionSteps),
    velocity: unpackFeature(at(4), 1 / velocityStep),
  };
}

function unpackFeature(byte: number, steps: number): number | undefined {
  return byte === none ? undefined : byte / steps;
}

/** The nearest whole number in 0 to `most`; NaN counts as 0. */
function quantise(value: number, most: number): number {
  return value > 0 ? Math.min(most, Math.round(value)) : 0;
}
