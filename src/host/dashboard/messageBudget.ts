import type { Transport } from '../../base/channel.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/** More than a person's hands can cause: a page that is drawn asks for a few things at once. */
const burst = 100;
const perSecond = 20;

/**
 * A wire that drops what comes faster than a person could cause it, so that a page gone wrong neither keeps the
 * extension host busy nor fills the log. Says so once.
 */
export function withMessageBudget(transport: Transport, clock: Clock, log: Log): Transport {
  return {
    post: (message) => {
      transport.post(message);
    },
    onMessage: (listener) => {
      let left = burst;
      let atMs = clock.monotonicMs();
      let hasComplained = false;
      return transport.onMessage((message) => {
        const nowMs = clock.monotonicMs();
        left = Math.min(burst, left + ((nowMs - atMs) / 1_000) * perSecond);
        atMs = nowMs;
        if (left >= 1) {
          left -= 1;
          listener(message);
        } else if (!hasComplained) {
          hasComplained = true;
          log.warn('Dropped messages of a page that sends too many; more are dropped silently');
        }
      });
    },
  };
}
