/** Days as a person types them: `2026-11-21`. */

export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** Whether a text is a day of the calendar. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return false;
  }
  const ms = Date.parse(`${text}T00:00:00Z`);
  // The calendar carries over what is too much: the 31st of April is no day.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** `undefined` unless both are days and the first is not after the last. */
export function dayRange(from: string, to: string): DayRange | undefined {
  return isDay(from) && isDay(to) && from <= to ? { from, to } : undefined;
}
