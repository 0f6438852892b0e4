let chosen: string | undefined;

/**
 * A zone in which it is about noon, for processes that test what is of today: no midnight, no other day's start and no change of
 * the clocks comes in between, whenever the tests run. It stays the same for as long as this process runs.
 * @returns a name for `TZ`
 */
export function middayZone(): string {
  chosen ??= zoneBehind(new Date().getUTCHours() - 12);
  return chosen;
}

/** These names have the sign of POSIX: `Etc/GMT-3` is three hours ahead. */
function zoneBehind(hours: number): string {
  return `Etc/GMT${hours < 0 ? '-' : '+'}${Math.abs(hours)}`;
}
