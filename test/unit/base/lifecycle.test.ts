import assert from 'node:assert/strict';
import { DisposableStore, toDisposable } from '../../../src/base/disposable.ts';
import { Emitter, loggingEmitter } from '../../../src/base/emitter.ts';
import { describeError } from '../../../src/base/log.ts';
import { SerialQueue } from '../../../src/base/serialQueue.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';

describe('DisposableStore', () => {
  it('releases in reverse order, each once, and all of them when some throw', () => {
    const released: string[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => released.push('first')));
    store.add({
      dispose: () => {
        throw new Error('second');
      },
    });
    store.add(toDisposable(() => released.push('third')));
    assert.throws(() => {
      store.dispose();
    }, AggregateError);
    store.dispose();
    assert.deepEqual(released, ['third', 'first']);
  });

  it('releases at once what comes after its end', () => {
    const store = new DisposableStore();
    store.dispose();
    let released = 0;
    store.add(toDisposable(() => released++));
    assert.equal(released, 1);
  });
});

describe('DisposableStore that lets go of one', () => {
  it('disposes it once, and owns it no more', () => {
    const store = new DisposableStore();
    let released = 0;
    const item = store.add(toDisposable(() => released++));
    const stays = store.add({ dispose: () => (released += 10) });
    store.delete(item);
    store.delete(item);
    assert.deepEqual([released, store.size], [1, 1]);
    store.delete({ dispose: () => (released += 100) });
    store.dispose();
    store.delete(stays);
    assert.deepEqual([released, store.size], [11, 0]);
  });
});

describe('Emitter', () => {
  it('tells every listener, also when one of them throws', () => {
    const errors: unknown[] = [];
    const heard: number[] = [];
    const emitter = new Emitter<number>((error) => errors.push(error));
    emitter.event(() => {
      throw new Error('deaf');
    });
    emitter.event((value) => heard.push(value));
    emitter.fire(7);
    assert.deepEqual(heard, [7]);
    assert.equal(errors.length, 1);
  });

  it('may be told to forget a listener twice, though the same function listens again', () => {
    let heard = 0;
    const listener = (): void => {
      heard++;
    };
    const emitter = new Emitter<void>(rethrow);
    const first = emitter.event(listener);
    first.dispose();
    emitter.event(listener);
    first.dispose();
    emitter.fire();
    assert.equal(heard, 1);
  });
});

describe('loggingEmitter', () => {
  it('logs what a listener throws under the name of what is listened to', () => {
    const log = new MemoryLog();
    const emitter = loggingEmitter<number>('the test', log);
    emitter.event(() => {
      throw new TypeError('/home/somebody');
    });
    emitter.fire(1);
    assert.deepEqual(log.lines, [
      { level: 'error', message: 'A listener of the test failed', fields: { error: 'TypeError' } },
    ]);
  });
});

describe('SerialQueue', () => {
  it('runs jobs in order, one at a time, and goes on after one that failed', async () => {
    const queue = new SerialQueue();
    const events: string[] = [];
    const job =
      (name: string, waitMs: number, fails = false) =>
      async () => {
        events.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        events.push(`${name} ends`);
        if (fails) {
          throw new Error(name);
        }
      };
    const first = queue.run(job('first', 10, true));
    const second = queue.run(job('second', 0));
    await assert.rejects(first);
    await second;
    assert.deepEqual(events, ['first begins', 'first ends', 'second begins', 'second ends']);
  });
});

describe('describeError', () => {
  it('names class, code and reason, and never the message', () => {
    const error = Object.assign(new TypeError('/home/somebody/secret.txt'), {
      code: 'ENOENT',
      reason: 'damaged',
    });
    assert.deepEqual(describeError(error), {
      error: 'TypeError',
      code: 'ENOENT',
      reason: 'damaged',
    });
    assert.deepEqual(describeError('a bare string'), { error: 'Error' });
  });
});
