/**
 * What the numbers of records can be. The layouts have room for more than makes sense, and a row of a database for anything: a time
 * that no calendar has would make every list, export and roll-up fail that it is part of.
 */

/** The end of the last minute that a record has room for, in the year 10136. */
export const latestTimeMs = 2 ** 32 * 60_000;

/** A wall-clock time from 1970 to {@link latestTimeMs}. */
export function isTime(wallMs: number): boolean {
  return wallMs >= 0 && wallMs <= latestTimeMs;
}

/** @param wallMs `undefined` where there is none */
export function isTimeOrNone(wallMs: number | undefined): boolean {
  return wallMs === undefined || isTime(wallMs);
}

/** Local time minus UTC, in minutes, as every layout has room for. */
export function isZoneOffset(minutes: number): boolean {
  return Number.isInteger(minutes) && minutes >= -0x8000 && minutes <= 0x7fff;
}

/** What fits into 32 bits, with no sign. */
export function isUint32(value: number): boolean {
  return value >= 0 && value <= 0xffffffff;
}

/** How much later or longer something is; as much as a time can be. */
export function isDuration(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= 2 ** 48;
}

/** 32 lower-case hex digits. */
export function isRecordId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}
