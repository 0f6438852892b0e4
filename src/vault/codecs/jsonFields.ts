import * as v from 'valibot';
import { parseTime } from '../../facts/isoTime.ts';

/** The types of the export's JSON: docs/export-format.md, "Types". What does not fit fails, nothing is coerced but this. */

/** A time; UTC milliseconds once it is read. */
export const time = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const wallMs = parseTime(dataset.value);
    if (wallMs === undefined) {
      addIssue({ message: 'No time' });
      return NEVER;
    }
    return wallMs;
  }),
);

/** A whole number; one beyond 2^53 stands as decimal digits in a text, and none of version 1 may be. */
export const integer = (least: number, most: number): v.GenericSchema<unknown, number> =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d{1,16}$/), v.transform(Number))]),
    v.safeInteger(),
    v.minValue(least),
    v.maxValue(most),
  );

/** 32 lower-case hex digits. */
export const recordId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** Minutes, as the vault has room for. */
export const zoneOffset = integer(-0x8000, 0x7fff);

/** Bytes as base64 (RFC 4648, section 4), with its padding. */
export const blob = (most: number): v.GenericSchema<unknown, Uint8Array> =>
  v.pipe(
    v.string(),
    v.maxLength(Math.ceil(most / 3) * 4),
    v.regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
    v.transform((text) => Uint8Array.from(Buffer.from(text, 'base64'))),
  );

/** The other way. */
export function blobText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/**
 * A fraction of a feature with as many digits as its steps need: rounding it once more gives the very step that the
 * vault has.
 */
export function shortNumber(value: number): number {
  return Math.round(value * 100_000) / 100_000;
}
