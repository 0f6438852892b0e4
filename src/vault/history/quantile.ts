/**
 * By linear interpolation between the nearest ranks (Hyndman and Fan 1996, type 7).
 * @param sorted ascending
 * @param share 0-1
 * @returns 0 for an empty list
 */
export function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? low;
  return low + (high - low) * (position - Math.floor(position));
}

/** The values in ascending order. */
export function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((one, other) => one - other);
}
