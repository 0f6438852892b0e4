import assert from 'node:assert/strict';
import { DisposableStore, toDisposable } from '../../../src/base/disposable.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { storeForFrame } from '../../../src/host/dashboard/frameLifetime.ts';
import { rethrow } from '../../support/rethrow.ts';

describe('storeForFrame', () => {
  it('keeps nothing of a dashboard that was opened and closed again and again', () => {
    const owner = new DisposableStore();
    let closed = 0;
    let open = 0;
    for (let time = 0; time < 100; time++) {
      const gone = new Emitter<void>(rethrow);
      const own = storeForFrame(owner, { onDidDispose: gone.event }, () => closed++);
      open += 1;
      own.add(toDisposable(() => (open -= 1)));
      assert.deepEqual([owner.size, open], [1, 1]);
      gone.fire();
      gone.fire();
    }
    assert.deepEqual([owner.size, open, closed], [0, 0, 100]);
    owner.dispose();
  });

  it('goes with its owner, which closes no frame', () => {
    const owner = new DisposableStore();
    const gone = new Emitter<void>(rethrow);
    let released = 0;
    const own = storeForFrame(owner, { onDidDispose: gone.event }, () => {
      assert.fail('nobody closed it');
    });
    own.add(toDisposable(() => released++));
    owner.dispose();
    gone.fire();
    assert.equal(released, 1);
  });
});
