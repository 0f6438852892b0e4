import assert from 'node:assert/strict';
import fc from 'fast-check';
import { featureCount, featureNames, type FeatureName } from '../../../src/facts/flow.ts';
import type { RawFeatures } from '../../../src/facts/minuteSample.ts';
import { Baseline } from '../../../src/flow/baseline/baseline.ts';
import { populationFeatures, populationUsual } from '../../../src/flow/baseline/population.ts';

type KnownFeatures = Readonly<Record<FeatureName, number>>;

const usual: KnownFeatures = {
  rhythm: populationFeatures.rhythm.median,
  focus: populationFeatures.focus.median,
  consistency: populationFeatures.consistency.median,
  error: populationFeatures.error.median,
  velocity: populationFeatures.velocity.median,
};

function normalised(baseline: Baseline, raw: RawFeatures): number[] {
  const vector = new Float32Array(featureCount);
  baseline.normalise(raw, vector);
  return [...vector].map((value) => value + 0);
}

/** Two hours of steps around a person's own values. */
function grown(baseline: Baseline, centre: KnownFeatures, score = 50): Baseline {
  for (let step = 0; step < 480; step++) {
    const away = ((step % 21) - 10) / 10;
    baseline.add(
      {
        rhythm: centre.rhythm + 0.2 * away,
        focus: centre.focus + 0.2 * away,
        consistency: centre.consistency + 0.2 * away,
        error: Math.max(0, centre.error + 0.05 * away),
        velocity: centre.velocity + 0.4 * away,
      },
      score + 20 * away,
    );
  }
  return baseline;
}

/** What is usual for somebody who is not the population. */
const own: KnownFeatures = { rhythm: 0.9, focus: 0.5, consistency: 0.4, error: 0.2, velocity: 4 };

describe('Baseline', () => {
  it('begins as the population', () => {
    const baseline = new Baseline();
    assert.deepEqual(normalised(baseline, usual), [0, 0, 0, 0, 0]);
    assert.deepEqual({ ...baseline.usual }, populationUsual);
    assert.equal(baseline.minutes, 0);
  });

  it("is the person's own after two hours", () => {
    const baseline = grown(new Baseline(), own, 60);
    assert.equal(baseline.maturity, 1);
    const [rhythm, focus, consistency, error, velocity] = normalised(baseline, own);
    for (const value of [rhythm, error, velocity]) {
      assert.ok(Math.abs(value ?? NaN) < 0.15, `${value} is far from the middle`);
    }
    // Of these, half of what looks like a person's own is taken for chance.
    const before = normalised(new Baseline(), own);
    assert.ok((focus ?? NaN) < 0 && (focus ?? NaN) > (before[1] ?? NaN));
    assert.ok((consistency ?? NaN) < 0 && (consistency ?? NaN) > (before[2] ?? NaN));
    assert.ok(Math.abs(baseline.usual.score - 60) <= 2);
    assert.ok(baseline.usual.low < 55 && baseline.usual.high > 65);
  });

  it('takes a feature that is not known as usual, and learns nothing of it', () => {
    for (const name of featureNames) {
      const at = featureNames.indexOf(name);
      const baseline = grown(new Baseline(), own, 60);
      assert.equal(normalised(baseline, { ...own, [name]: undefined })[at], 0);
      const before = normalised(baseline, usual)[at];
      const { score } = baseline.usual;
      for (let step = 0; step < 2_000; step++) {
        baseline.add({ ...own, [name]: undefined }, 60);
      }
      assert.equal(normalised(baseline, usual)[at], before, name);
      assert.equal(baseline.usual.score, score);
      // From bytes and days it comes back as it was.
      assert.deepEqual(normalised(new Baseline(baseline.days), usual), normalised(baseline, usual));
      // One that was hardly ever known is still compared with people's.
      const seldom = new Baseline();
      for (let step = 0; step < 480; step++) {
        seldom.add({ ...own, [name]: undefined }, 60);
      }
      assert.equal(normalised(seldom, usual)[at], 0, name);
    }
  });

  it('turns the features so that more is better, but for errors, which only cost', () => {
    const uneven = normalised(new Baseline(), { ...usual, rhythm: 1.2, error: 0 });
    assert.ok((uneven[0] ?? 0) < 0);
    assert.equal(uneven[3], 0);
    const fast = normalised(new Baseline(), { ...usual, velocity: 20, error: 1 });
    assert.equal(fast[4], 2);
    assert.equal(fast[3], 3);
  });

  it('never leaves +-3, whatever the history and the moment', () => {
    const anyRaw = fc.record({
      rhythm: fc.double({ min: 0, max: 10, noNaN: true }),
      focus: fc.double({ min: 0, max: 1, noNaN: true }),
      consistency: fc.double({ min: 0, max: 1, noNaN: true }),
      error: fc.double({ min: 0, max: 1, noNaN: true }),
      velocity: fc.double({ min: 0, max: 30, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(anyRaw, { maxLength: 60 }), anyRaw, (history, raw) => {
        const baseline = new Baseline();
        for (const past of history) {
          baseline.add(past, 50, 20);
        }
        for (const value of normalised(baseline, raw)) {
          assert.ok(value >= -3 && value <= 3);
        }
      }),
    );
  });

  it('forgets what is fourteen days old, and nothing younger', () => {
    const baseline = new Baseline();
    baseline.rollTo(20_000);
    baseline.add(usual, 50, 40);
    baseline.rollTo(20_001);
    baseline.add(usual, 50, 4);
    baseline.rollTo(20_013);
    assert.equal(baseline.minutes, 11);
    baseline.rollTo(20_014);
    assert.equal(baseline.minutes, 1);
    baseline.rollTo(20_003);
    baseline.add(usual, 50, 4);
    assert.equal(baseline.days.at(-1)?.day, 20_014);
    assert.equal(baseline.minutes, 2);
  });

  it('is rebuilt from its days', () => {
    const baseline = new Baseline();
    baseline.rollTo(1);
    grown(baseline, usual);
    baseline.rollTo(2);
    baseline.addActive(100);
    const copy = new Baseline(baseline.days);
    assert.deepEqual(
      normalised(copy, { ...usual, focus: 0.3 }),
      normalised(baseline, { ...usual, focus: 0.3 }),
    );
    assert.equal(copy.scoreOfTopShare(0.2), baseline.scoreOfTopShare(0.2));
    copy.addActive(1);
    assert.notEqual(copy.days.at(-1)?.activeSteps, baseline.days.at(-1)?.activeSteps);
  });

  it('knows the score that a share of active time reaches', () => {
    const baseline = new Baseline();
    for (let score = 0; score < 100; score++) {
      baseline.add(usual, score);
    }
    assert.ok(Math.abs(baseline.scoreOfTopShare(0.2) - 80) < 2);
    // As much time again without a score: a fifth of it all is two fifths of what has one.
    baseline.addActive(100);
    assert.ok(Math.abs(baseline.scoreOfTopShare(0.2) - 60) < 2);
    baseline.addActive(1_000);
    assert.equal(baseline.scoreOfTopShare(0.2), 0);
  });
});
