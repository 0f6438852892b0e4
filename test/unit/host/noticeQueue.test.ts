import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NoticeQueue } from '../../../src/host/notices/noticeQueue.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

describe('NoticeQueue', () => {
  function open() {
    const clock = new ManualClock(0);
    const log = new MemoryLog();
    const queue = new NoticeQueue(clock, log);
    const shown: string[] = [];
    const answers = new Map<string, (error?: Error) => void>();
    const offer = (key: string): void => {
      queue.offer(key, () => {
        shown.push(key);
        return new Promise<void>((resolve, reject) => {
          answers.set(key, (error) => {
            if (error === undefined) {
              resolve();
            } else {
              reject(error);
            }
          });
        });
      });
    };
    const answer = async (key: string, error?: Error): Promise<void> => {
      answers.get(key)?.(error);
      // Promises settle in turns; a task comes after all of them.
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { clock, log, queue, shown, offer, answer };
  }

  it('shows one at a time, the next when the person has answered', async () => {
    const { shown, offer, answer } = open();
    offer('one');
    offer('two');
    offer('three');
    assert.deepEqual(shown, ['one']);
    await answer('one');
    assert.deepEqual(shown, ['one', 'two']);
    await answer('two');
    assert.deepEqual(shown, ['one', 'two', 'three']);
  });

  it('does not wait for an answer for ever', () => {
    const { clock, shown, offer } = open();
    offer('one');
    offer('two');
    clock.advance(29_000);
    assert.deepEqual(shown, ['one']);
    clock.advance(12_000);
    assert.deepEqual(shown, ['one', 'two']);
  });

  it('shows none during flow, and what is still worth it afterwards', async () => {
    const { clock, queue, shown, offer, answer } = open();
    queue.hold('flow', true);
    offer('one');
    offer('over soon');
    offer('two');
    clock.advance(3_600_000);
    assert.deepEqual(shown, []);
    queue.remove('over soon');
    queue.hold('flow', false);
    assert.deepEqual(shown, ['one']);
    await answer('one');
    assert.deepEqual(shown, ['one', 'two']);
  });

  it('waits for the end of every hold', () => {
    const { queue, shown, offer } = open();
    queue.hold('flow', true);
    queue.hold('protection', true);
    offer('one');
    queue.hold('flow', false);
    assert.deepEqual(shown, []);
    queue.hold('protection', false);
    assert.deepEqual(shown, ['one']);
  });

  it('goes on after one that failed, which is logged', async () => {
    const { log, shown, offer, answer } = open();
    offer('one');
    offer('two');
    await answer('one', new Error('no window'));
    assert.deepEqual(shown, ['one', 'two']);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['A notice failed'],
    );
  });

  it('never shows during a hold, never two within a turn, and never the same twice for one offer', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('offer' as const), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ what: fc.constant('hold' as const), isHeld: fc.boolean() }),
      fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new ManualClock(0);
        const queue = new NoticeQueue(clock, new MemoryLog());
        const times: number[] = [];
        let isHeld = false;
        let offers = 0;
        for (const one of steps) {
          if (one.what === 'offer') {
            offers += 1;
            queue.offer(one.key, () => {
              assert.ok(!isHeld);
              times.push(clock.monotonicMs());
              return new Promise(() => {});
            });
          } else if (one.what === 'hold') {
            isHeld = one.isHeld;
            queue.hold('flow', isHeld);
          } else {
            clock.advance(one.ms);
          }
        }
        assert.ok(times.length <= offers);
        times.forEach((ms, index) => {
          assert.ok(index === 0 || ms - (times[index - 1] ?? 0) >= 30_000);
        });
        queue.dispose();
      }),
    );
  });
});
