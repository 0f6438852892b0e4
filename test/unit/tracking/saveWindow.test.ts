import assert from 'node:assert/strict';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { SaveWindow } from '../../../src/tracking/saveWindow.ts';

describe('SaveWindow', () => {
  it("covers a formatter's edits while a save runs and a moment after it", () => {
    const saves = new SaveWindow<string>();
    saves.saveBegan('a', 1_000);
    assert.equal(saves.covers('a', 1_200, EventKind.block, 1), true);
    assert.equal(saves.covers('a', 1_200, EventKind.replace, 9), true);
    saves.saveEnded('a', 1_500);
    assert.equal(saves.covers('a', 2_400, EventKind.block, 1), true);
    assert.equal(saves.covers('a', 2_501, EventKind.block, 1), false);
  });

  it('leaves keys typed during a save to the person', () => {
    const saves = new SaveWindow<string>();
    saves.saveBegan('a', 1_000);
    assert.equal(saves.covers('a', 1_100, EventKind.insert, 1), false);
    assert.equal(saves.covers('a', 1_100, EventKind.delete, 1), false);
    assert.equal(saves.covers('a', 1_100, EventKind.insert, 3), true);
  });

  it('concerns the saved document only, and ends when a save never does', () => {
    const saves = new SaveWindow<string>();
    saves.saveBegan('a', 1_000);
    assert.equal(saves.covers('b', 1_100, EventKind.block, 1), false);
    assert.equal(saves.covers('a', 12_000, EventKind.block, 1), false);
  });
});
