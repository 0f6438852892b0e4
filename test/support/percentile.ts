/** The value that a share of the sorted values does not exceed. @throws {RangeError} for an empty list. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) {
    throw new RangeError('No values to take a percentile of');
  }
  return value;
}

/** Times calls one by one, in microseconds, sorted. The clock's own cost is in every one of them. */
export function timeEach(calls: number, call: (index: number) => void): Float64Array {
  const times = new Float64Array(calls);
  for (let index = 0; index < calls; index++) {
    const before = performance.now();
    call(index);
    times[index] = (performance.now() - before) * 1_000;
  }
  return times.sort();
}

/** Bytes of heap that a call leaves behind, as a mean over many; the garbage collector stays out of it. */
export function allocatedPerCall(calls: number, call: (index: number) => void): number {
  // Best of several, because a collection in between would hide what was allocated before it.
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < calls; index++) {
      call(index);
    }
    const grown = process.memoryUsage().heapUsed - before;
    if (grown >= 0) {
      least = Math.min(least, grown / calls);
    }
  }
  return least;
}
