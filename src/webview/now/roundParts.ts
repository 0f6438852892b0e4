/**
 * Rounds parts to whole numbers that still add up to `total`, by the largest-remainder method (Hare-Niemeyer):
 * each is rounded down, and those that lost most get the points that are left.
 * @param total a whole number within a few points of the parts' sum; otherwise each part is rounded by itself.
 */
export function roundParts(parts: readonly number[], total: number): readonly number[] {
  const floors = parts.map(Math.floor);
  const left = total - floors.reduce((sum, part) => sum + part, 0);
  if (!Number.isInteger(left) || left < 0 || left > parts.length) {
    return parts.map((part) => Math.round(part) + 0);
  }
  const byLoss = parts
    .map((part, index) => ({ index, loss: part - Math.floor(part) }))
    .sort((a, b) => b.loss - a.loss || a.index - b.index);
  const raised = new Set(byLoss.slice(0, left).map(({ index }) => index));
  return floors.map((part, index) => part + (raised.has(index) ? 1 : 0));
}
