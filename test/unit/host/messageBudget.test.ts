import assert from 'node:assert/strict';
import { toDisposable } from '../../../src/base/disposable.ts';
import { withMessageBudget } from '../../../src/host/dashboard/messageBudget.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

describe('withMessageBudget', () => {
  function open() {
    const clock = new ManualClock(0);
    const log = new MemoryLog();
    const posted: unknown[] = [];
    const heard: unknown[] = [];
    let arrive: (message: unknown) => void = () => {};
    const wire = withMessageBudget(
      {
        post: (message) => posted.push(message),
        onMessage: (listener) => {
          arrive = listener;
          return toDisposable(() => {
            arrive = () => {};
          });
        },
      },
      clock,
      log,
    );
    const registration = wire.onMessage((message) => heard.push(message));
    return {
      clock,
      log,
      posted,
      heard,
      wire,
      registration,
      arrive: (m: unknown) => {
        arrive(m);
      },
    };
  }

  it('lets through what a person causes, for hours', () => {
    const { clock, log, heard, arrive } = open();
    for (let count = 0; count < 10_000; count += 1) {
      clock.advance(60);
      arrive(count);
    }
    assert.equal(heard.length, 10_000);
    assert.deepEqual(log.lines, []);
  });

  it('drops a flood after its beginning, says so once, and listens again afterwards', () => {
    const { clock, log, heard, arrive } = open();
    for (let count = 0; count < 10_000; count += 1) {
      arrive(count);
    }
    assert.equal(heard.length, 100);
    assert.equal(log.lines.length, 1);
    clock.advance(1_000);
    arrive('later');
    assert.equal(heard.at(-1), 'later');
    clock.advance(3_600_000);
    for (let count = 0; count < 10_000; count += 1) {
      arrive(count);
    }
    assert.equal(heard.length, 201);
    assert.equal(log.lines.length, 1);
  });

  it('limits nothing that goes the other way, and lets go', () => {
    const { posted, heard, wire, registration, arrive } = open();
    for (let count = 0; count < 1_000; count += 1) {
      wire.post(count);
    }
    assert.equal(posted.length, 1_000);
    registration.dispose();
    arrive('too late');
    assert.deepEqual(heard, []);
  });
});
