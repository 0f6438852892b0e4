import type { DayNumber } from '../base/localDay.ts';
import type { LoadedDayState } from '../protocol/dashboard.ts';

/** A day other than today that the person looks at. */
export interface OtherDay {
  readonly day: DayNumber;
  readonly content: LoadedDayState | 'loading' | 'failed';
}
