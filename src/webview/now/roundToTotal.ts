/**
 * Rounds numbers to whole numbers that still add up to `total`, by the largest-remainder method (Hare-Niemeyer):
 * each is rounded down, and those that lost most get the points that are left.
 * @param total a whole number within a few points of their sum; otherwise each is rounded by itself.
 */
export function roundToTotal(exact: readonly number[], total: number): readonly number[] {
  const floors = exact.map(Math.floor);
  const left = total - floors.reduce((sum, number) => sum + number, 0);
  if (!Number.isInteger(left) || left < 0 || left > exact.length) {
    return exact.map((number) => Math.round(number) + 0);
  }
  const byLoss = exact
    .map((number, index) => ({ index, loss: number - Math.floor(number) }))
    .sort((a, b) => b.loss - a.loss || a.index - b.index);
  const raised = new Set(byLoss.slice(0, left).map(({ index }) => index));
  return floors.map((number, index) => number + (raised.has(index) ? 1 : 0));
}
