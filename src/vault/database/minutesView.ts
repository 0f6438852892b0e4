import { flowStates } from '../../facts/flow.ts';
import { packedMinuteBytes } from '../codecs/minuteCodec.ts';

/** 2 to the power of sixteenths, as text: engines differ in the last digit when they work it out. */
const sixteenths: readonly string[] = [
  '1.0',
  '1.0442737824274138',
  '1.0905077326652577',
  '1.1387886347566916',
  '1.189207115002721',
  '1.241857812073484',
  '1.2968395546510096',
  '1.3542555469368927',
  '1.4142135623730951',
  '1.4768261459394993',
  '1.542210825407941',
  '1.6104903319492543',
  '1.6817928305074292',
  '1.7562521603732995',
  '1.8340080864093424',
  '1.9152065613971474',
];

/**
 * The view `minutes`: every minute of every session as a row, as it was told, for whoever opens a backup with plain SQLite.
 * It is no sum of a day: of several tellings of one minute one counts (src/vault/history/whatCounts.ts).
 * Written in SQL alone, with nothing that some builds of SQLite leave out. Slow (some ten thousand minutes a
 * second), and never used by Millrace itself.
 */
export const createMinutesView = `
CREATE VIEW minutes AS
WITH RECURSIVE walk (number, minute, offset, remaining) AS (
  SELECT number, ${integerAt('1', 4)} + ${integerAt('5', 2)}, 9, ${integerAt('7', 2)}
  FROM sessions WHERE length(series) > 5
  UNION ALL
  SELECT walk.number,
    CASE WHEN remaining > 1 THEN minute + 1
      ELSE minute + remaining + ${integerAt(nextRun(), 2)} END,
    CASE WHEN remaining > 1 THEN offset + ${packedMinuteBytes} ELSE ${nextRun()} + 4 END,
    CASE WHEN remaining > 1 THEN remaining - 1 ELSE ${integerAt(`${nextRun()} + 2`, 2)} END
  FROM walk JOIN sessions ON sessions.number = walk.number
  WHERE remaining > 1 OR ${nextRun()} < length(series)
), packed AS (
  SELECT sessions.number, sessions.id, minute,
    ${Array.from({ length: packedMinuteBytes }, (_, index) => `${byteAt(`offset + ${index}`)} AS b${index}`).join(',\n    ')}
  FROM walk JOIN sessions ON sessions.number = walk.number WHERE remaining > 0
)
SELECT hex(id) AS session, minute * 60000 AS at_ms,
  CASE b0 / 16 ${flowStates.map((state, index) => `WHEN ${index} THEN '${state}'`).join(' ')} END AS state,
  CASE WHEN b1 <= 100 THEN b1 END AS score,
  (b0 % 16) / 15.0 AS confidence,
  b8 AS seconds,
  b2 + b3 * 256 AS inserted_chars,
  b4 AS deletes,
  CAST(round((1 << (b5 / 16)) * CASE b5 % 16 ${roots()} END - 1) AS INTEGER) AS block_chars,
  b6 / 16 AS undos,
  b7 AS navigations,
  b6 % 16 AS blurs,
  CASE WHEN b9 < 255 THEN b9 * 0.02 END AS rhythm,
  CASE WHEN b9 < 255 THEN b10 / 254.0 END AS focus,
  CASE WHEN b9 < 255 THEN b11 / 254.0 END AS consistency,
  CASE WHEN b9 < 255 THEN b12 / 254.0 END AS error,
  CASE WHEN b9 < 255 THEN b13 / 32.0 END AS velocity
FROM packed;
`;

/** Where the next run begins, from the last minute of this one. */
function nextRun(): string {
  return `(offset + ${packedMinuteBytes} * remaining)`;
}

/** A byte of a series as a number: SQLite has no function for it, but it has hex digits. */
function byteAt(offset: string): string {
  const digit = (place: number): string =>
    `instr('123456789ABCDEF', substr(hex(substr(series, ${offset} + 1, 1)), ${place}, 1))`;
  return `(${digit(1)} * 16 + ${digit(2)})`;
}

/** A little-endian integer of a series. */
function integerAt(offset: string, bytes: number): string {
  const parts = Array.from(
    { length: bytes },
    (_, index) => `${byteAt(`${offset} + ${index}`)} * ${256 ** index}`,
  );
  return `(${parts.join(' + ')})`;
}

function roots(): string {
  return sixteenths.map((root, index) => `WHEN ${index} THEN ${root}`).join(' ');
}
