import type { Guard } from '../../../src/base/channel.ts';

const isNumber: Guard<number> = (value): value is number => typeof value === 'number';

/** What the thread of the tests offers. */
export const countingContract = {
  requests: {
    setTo: { params: isNumber, result: isNumber },
    /** So many steps on: refused below 0, and the thread's death at 0. */
    count: { params: isNumber, result: isNumber },
  },
  events: {},
} as const;
