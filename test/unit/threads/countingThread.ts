import { nothingOffered } from '../../../src/threads/thread.ts';
import { threadSide } from '../../../src/threads/threadSide.ts';
import { countingContract } from './countingContract.ts';

/** A thread that counts, for the tests. */

class Refusal extends Error {
  readonly reason = 'backwards';
}

const thread = threadSide();
let value = 0;

thread.serve(countingContract, nothingOffered, {
  setTo: (start) => (value = start),
  count: (steps) => {
    if (steps < 0) {
      throw new Refusal('It counts on');
    }
    if (steps === 0) {
      setImmediate(() => {
        throw new Error('made up');
      });
      return new Promise<number>(() => {});
    }
    return (value += steps * stepOf(thread.data));
  },
});

function stepOf(data: unknown): number {
  return typeof data === 'object' && data !== null && 'step' in data
    ? Number(data.step)
    : Number.NaN;
}
