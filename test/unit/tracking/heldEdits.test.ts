import assert from 'node:assert/strict';
import type { Classification } from '../../../src/tracking/editClassifier.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { HeldEdits } from '../../../src/tracking/heldEdits.ts';

describe('HeldEdits', () => {
  let handedOn: [number, number][];
  let held: HeldEdits<string>;

  const block = (insertedChars: number): Classification => ({
    kind: EventKind.block,
    insertedChars,
    deletedChars: 0,
  });

  beforeEach(() => {
    handedOn = [];
    held = new HeldEdits((timeMs, { insertedChars }) => handedOn.push([timeMs, insertedChars]));
  });

  it('hands on what no save followed, in order and with its own time', () => {
    held.hold('a', 100, block(10));
    held.hold('a', 110, block(20));
    assert.deepEqual(handedOn, []);
    assert.equal(held.isEmpty, false);
    held.release();
    assert.deepEqual(handedOn, [
      [100, 10],
      [110, 20],
    ]);
    held.release();
    assert.equal(handedOn.length, 2);
  });

  it('forgets what a save of the same document followed', () => {
    held.hold('a', 100, block(10));
    held.hold('a', 110, block(20));
    held.saveBegan('a');
    held.release();
    assert.deepEqual(handedOn, []);
    assert.equal(held.isEmpty, true);
  });

  it('keeps what a save of another document followed', () => {
    held.hold('a', 100, block(10));
    held.saveBegan('b');
    held.release();
    assert.deepEqual(handedOn, [[100, 10]]);
  });

  it('lets go of one document before it holds of the next', () => {
    held.hold('a', 100, block(10));
    held.hold('b', 110, block(20));
    assert.deepEqual(handedOn, [[100, 10]]);
    held.saveBegan('b');
    held.release();
    assert.equal(handedOn.length, 1);
  });

  it('copies, as a classification is written over', () => {
    const edit = block(10);
    held.hold('a', 100, edit);
    edit.insertedChars = 99;
    held.release();
    assert.deepEqual(handedOn, [[100, 10]]);
  });

  it('lets go when more comes than a formatter does', () => {
    for (let at = 0; at < 20; at += 1) {
      held.hold('a', at, block(at));
    }
    held.release();
    assert.deepEqual(
      handedOn.map(([timeMs]) => timeMs),
      Array.from({ length: 20 }, (_, at) => at),
    );
  });
});
