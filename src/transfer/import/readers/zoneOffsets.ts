const minuteMs = 60_000;

/**
 * Local time minus UTC in minutes, as a time zone by its IANA name has it.
 * @param fallback for a name that is none
 */
export function zoneOffsets(
  timeZone: unknown,
  fallback: (atWallMs: number) => number,
): (atWallMs: number) => number {
  if (typeof timeZone !== 'string' || timeZone.length > 64) {
    return fallback;
  }
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    return (atWallMs) => offsetAt(format, atWallMs);
  } catch {
    // Not known here.
    return fallback;
  }
}

function offsetAt(format: Intl.DateTimeFormat, atWallMs: number): number {
  const minute = Math.floor(atWallMs / minuteMs);
  const parts = new Map(
    format.formatToParts(minute * minuteMs).map(({ type, value }) => [type, Number(value)]),
  );
  const at = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const localMs = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'));
  return localMs / minuteMs - minute;
}
