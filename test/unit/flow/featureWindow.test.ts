import assert from 'node:assert/strict';
import { FeatureWindow } from '../../../src/flow/features/featureWindow.ts';
import { stepMs } from '../../../src/flow/flowRules.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { blockAt, deleteAt, insertAt, typeEvenly, type StreamEvent } from '../../support/typing.ts';

function played(events: readonly StreamEvent[], untilMs: number): FeatureWindow {
  const window = new FeatureWindow(0);
  for (const { timeMs, kind, inserted, deleted } of events) {
    while (window.stepEndMs <= timeMs) {
      window.endStep();
    }
    window.add(timeMs, kind, inserted, deleted);
  }
  while (window.stepEndMs <= untilMs) {
    window.endStep();
  }
  return window;
}

const near = (actual: number | undefined, expected: number, tolerance = 1e-9): void => {
  assert.ok(actual !== undefined);
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
};

describe('FeatureWindow', () => {
  it('is full of engagement after five minutes of even typing', () => {
    const raw = played(typeEvenly(0, 300_000), 300_000).features();
    near(raw.focus, 1);
    near(raw.consistency, 1);
    near(raw.error, 0);
    near(raw.rhythm, 0, 0.02);
    near(raw.velocity, Math.log(1 + 300));
  });

  it('counts five seconds after an edit as engaged, over the end of a step too', () => {
    const raw = played([insertAt(1_000), insertAt(13_000)], 180_000).features();
    near(raw.focus, 10 / 180);
  });

  it('counts overlapping engagement once', () => {
    const raw = played([insertAt(0), insertAt(2_000), insertAt(4_000)], 180_000).features();
    near(raw.focus, 9 / 180);
  });

  it('takes a quarter of the focus for each time the window lost it', () => {
    const events = typeEvenly(0, 180_000);
    events.push({ timeMs: 179_900, kind: EventKind.blur, inserted: 0, deleted: 0 });
    near(played(events, 180_000).features().focus, Math.exp(-0.3));
  });

  it('measures evenness over ten bins of half a minute', () => {
    // Engaged in every second bin: mean .5, standard deviation .5.
    const events = [0, 2, 4, 6, 8].flatMap((bin) =>
      typeEvenly(bin * 30_000, bin * 30_000 + 25_000),
    );
    near(played(events, 300_000).features().consistency, 1 - 0.5 / 0.55, 1e-2);
  });

  it('takes deletions off what was typed, a passage no more than a word', () => {
    const events = [...typeEvenly(0, 60_000, 1_000), deleteAt(60_000)];
    near(played(events, 180_000).features().velocity, Math.log(1 + 59 / (65 / 60)));
    const passage = { ...deleteAt(60_000), deleted: 5_000 };
    const raw = played([...typeEvenly(0, 60_000, 1_000), passage], 180_000).features();
    near(raw.velocity, Math.log(1 + 52 / (65 / 60)));
    near(raw.error, 1 / 61);
  });

  it('leaves undo and redo out of everything', () => {
    const events = typeEvenly(0, 100_000);
    const undos = events.map((event) => ({ ...event, kind: EventKind.undo }));
    const window = played(undos, 180_000);
    assert.equal(window.edits, 0);
    near(window.features().focus, 0);
  });

  it('knows typed from inserted characters', () => {
    const typed = typeEvenly(0, 20_000, 200);
    assert.equal(played([...typed, blockAt(20_000, 100)], 30_000).isAssisted, false);
    assert.equal(played([...typed, blockAt(20_000, 101)], 30_000).isAssisted, true);
    const more = typeEvenly(0, 40_000, 200);
    assert.equal(played([...more, blockAt(40_000, 9_000)], 45_000).isAssisted, false);
    const twice = [blockAt(40_000, 9_000), blockAt(41_000, 60)];
    assert.equal(played([...more, ...twice], 45_000).isAssisted, true);
  });

  it('leaves a late batch out of the rhythm, and the wait before it', () => {
    // Two seconds of keys arrive at once when the editor was busy.
    const batch = Array.from({ length: 10 }, () => insertAt(11_800));
    const late = [...typeEvenly(0, 10_000), ...batch, ...typeEvenly(12_000, 60_000)];
    near(played(late, 180_000).features().rhythm, 0, 0.02);
  });

  it('forgets edits after three minutes, and engagement for consistency after five', () => {
    const events = typeEvenly(0, 240_000);
    assert.equal(played(events, 405_000).edits, 75);
    assert.equal(played(events, 420_000).edits, 0);
    assert.ok((played(events, 330_000).features().consistency ?? NaN) > 0);
    assert.equal(played(events, 555_000).features().consistency, 0);
  });

  it('does not know what there is too little to tell of, for each feature', () => {
    // Single keys, each after a pause: no interval, however many keys.
    const apart = played(typeEvenly(0, 600_000, 2_100), 600_000).features();
    assert.equal(apart.rhythm, undefined);
    assert.ok((apart.focus ?? 0) > 0.9 && apart.error === 0);
    const nine = typeEvenly(0, 2_000);
    assert.equal(played(nine, 30_000).features().rhythm, undefined);
    near(played([...nine, insertAt(2_000)], 30_000).features().rhythm, 0, 0.02);
    // Seven seconds of engagement are no tempo, and fourteen edits no share of deletions.
    assert.equal(played(typeEvenly(0, 2_000), 30_000).features().velocity, undefined);
    assert.ok((played(typeEvenly(0, 11_000), 30_000).features().velocity ?? 0) > 0);
    assert.equal(played(typeEvenly(0, 2_800), 30_000).features().error, undefined);
    assert.equal(played(typeEvenly(0, 3_000), 30_000).features().error, 0);
    // Five minutes are looked back on to tell how evenly they were engaged.
    assert.equal(played(typeEvenly(0, 285_000), 285_000).features().consistency, undefined);
    near(played(typeEvenly(0, 300_000), 300_000).features().consistency, 1);
  });

  it('begins a spell with the first edit and after every pause of three minutes', () => {
    const events = [...typeEvenly(0, 20_000), insertAt(100_000), insertAt(280_000)];
    assert.equal(played(events.slice(0, -1), 105_000).spellStartMs, 0);
    assert.equal(played(events, 285_000).spellStartMs, 280_000);
  });

  it('skips a long gap to the state that stepping through it leaves', () => {
    const events = typeEvenly(0, 100_000);
    const stepped = played(events, 20_000_000);
    const skipped = played(events, 90_000);
    skipped.skipTo(20_000_000);
    while (skipped.stepEndMs <= 20_000_000) {
      skipped.endStep();
    }
    assert.equal(skipped.stepEndMs, stepped.stepEndMs);
    assert.deepEqual(skipped.features(), stepped.features());
    assert.equal(skipped.stepEndMs % stepMs, 0);
  });
});
