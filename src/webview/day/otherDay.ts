import type { DayNumber } from '../../facts/localDay.ts';
import type { LoadedDayReading } from '../../readings/dayReading.ts';

/** A day other than today that the person looks at. */
export interface OtherDay {
  readonly day: DayNumber;
  readonly content: LoadedDayReading | 'loading' | 'failed';
}

/** Which day was on view when the page went out of sight. */
export interface KeptDay {
  readonly day: DayNumber;
  /** What today was then: on the next day the person wants to see that one, not where they left off. */
  readonly today: DayNumber;
}

/** The day that an unknown value holds as `otherDay`, if it does. */
export function readKeptDay(kept: unknown): KeptDay | undefined {
  const value = isRecord(kept) ? kept['otherDay'] : undefined;
  if (!isRecord(value)) {
    return undefined;
  }
  const { day, today } = value;
  return isDay(day) && isDay(today) ? { day, today } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isDay(value: unknown): value is DayNumber {
  return Number.isSafeInteger(value);
}
