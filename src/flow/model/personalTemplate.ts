import { tunings, type PersonalFit, type Tuning } from './personalModel.ts';

/**
 * What was learned of a person as bytes, for a vault's template: JSON, as it is a few hundred bytes that
 * somebody may want to read.
 */

/** The name under which a vault keeps the template. */
export const personalTemplateName = 'flow-model';

const version = 1;

export function encodePersonalFit(fit: PersonalFit): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version, ...fit }));
}

/**
 * The fit of {@link encodePersonalFit}, or `undefined` when it is of another version, for another model, or
 * no fit at all; then the shipped model goes on until there is a new one.
 * @param inputs how many weights the shipped model's last layer has
 */
export function decodePersonalFit(bytes: Uint8Array, inputs: number): PersonalFit | undefined {
  const value = parse(new TextDecoder().decode(bytes));
  if (value?.['version'] !== version) {
    return undefined;
  }
  const { tuning, lastLayer } = value;
  const numbers = ['answers', 'judged', 'rightBefore', 'rightAfter', 'lossBefore', 'lossAfter'];
  const [answers, judged, rightBefore, rightAfter, lossBefore, lossAfter] = numbers.map((name) =>
    finite(value[name]),
  );
  if (
    !isTuning(tuning) ||
    !isWeights(lastLayer, inputs) ||
    answers === undefined ||
    judged === undefined ||
    rightBefore === undefined ||
    rightAfter === undefined ||
    lossBefore === undefined ||
    lossAfter === undefined
  ) {
    return undefined;
  }
  const flowRating = finite(value['flowRating']);
  return {
    ...{ tuning, lastLayer, answers, flowRating },
    ...{ judged, rightBefore, rightAfter, lossBefore, lossAfter },
  };
}

function parse(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    // An object's own fields are looked at one by one.
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isTuning(value: unknown): value is Tuning {
  return tunings.some((tuning) => tuning === value);
}

function isWeights(value: unknown, count: number): value is number[] {
  return (
    Array.isArray(value) &&
    value.length === count &&
    value.every((weight) => finite(weight) !== undefined)
  );
}
