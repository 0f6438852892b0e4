/** Times as a person types them: `2026-11-18 08:42`, on the clock of the place where the record was made. */

const minuteMs = 60_000;
const written = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})$/;

/** @param zoneOffsetMinutes local time minus UTC */
export function formatLocalTime(wallMs: number, zoneOffsetMinutes: number): string {
  return new Date(wallMs + zoneOffsetMinutes * minuteMs)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ');
}

/** Milliseconds since the epoch, or `undefined` for what is no time of any calendar day. */
export function parseLocalTime(text: string, zoneOffsetMinutes: number): number | undefined {
  const parts = written.exec(text.trim());
  if (parts === null) {
    return undefined;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1).map(Number);
  const localMs = Date.UTC(year, month - 1, day, hour, minute);
  // The calendar carries over what is too much: the 31st of April is no day.
  const isReal =
    new Date(localMs).toISOString().slice(0, 10) === text.trim().slice(0, 10) &&
    hour < 24 &&
    minute < 60;
  return isReal ? localMs - zoneOffsetMinutes * minuteMs : undefined;
}
