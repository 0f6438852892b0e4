import assert from 'node:assert/strict';
import fc from 'fast-check';
import { flowStates, type FlowState } from '../../../src/facts/flow.ts';
import {
  FeedbackPolicy,
  feedbackRules,
  newMemory,
  type FeedbackMoment,
} from '../../../src/flow/detection/feedbackPolicy.ts';
import { Random } from '../../support/generator/random.ts';

const usual = { score: 40, low: 20, high: 65 };
const stepMs = 15_000;
const dayMs = 86_400_000;

function moment(wallMs: number, change: Partial<FeedbackMoment> = {}): FeedbackMoment {
  return {
    wallMs,
    day: Math.floor(wallMs / dayMs),
    state: 'building',
    score: 40,
    usual,
    sinceLastEditMs: 1_000,
    isHere: true,
    ...change,
  };
}

/** A policy that never draws the random time. */
const byBreaks = (): FeedbackPolicy => new FeedbackPolicy(() => 0.9, newMemory(true));

/** Ten minutes of typing at a score, then a break of half a minute; whether it was asked. */
function breakAfter(policy: FeedbackPolicy, startMs: number, score: number): boolean {
  let wallMs = startMs;
  for (; wallMs < startMs + 600_000; wallMs += stepMs) {
    assert.equal(policy.observe(moment(wallMs, { score })), false);
  }
  return policy.observe(moment(wallMs, { score: Math.min(score, 60), sinceLastEditMs: 30_000 }));
}

describe('FeedbackPolicy', () => {
  it('asks at a break after a scored stretch, and not without one', () => {
    assert.equal(breakAfter(byBreaks(), 0, 40), true);
    assert.equal(byBreaks().observe(moment(0, { sinceLastEditMs: 30_000 })), false);
  });

  it('does not ask when it is off, from the start', () => {
    assert.equal(breakAfter(new FeedbackPolicy(() => 0.9), 0, 40), false);
  });

  it('waits 45 minutes', () => {
    const policy = byBreaks();
    assert.equal(breakAfter(policy, 0, 40), true);
    assert.equal(breakAfter(policy, 20 * 60_000, 10), false);
    assert.equal(breakAfter(policy, 50 * 60_000, 10), true);
  });

  it('ends after three dismissals in a row, and begins again when told to', () => {
    const policy = byBreaks();
    policy.dismissed();
    policy.dismissed();
    policy.answered();
    policy.dismissed();
    policy.dismissed();
    assert.equal(policy.memory.isOn, true);
    policy.dismissed();
    assert.equal(policy.memory.isOn, false);
    assert.equal(breakAfter(policy, 0, 40), false);
    policy.setOn(true);
    assert.equal(breakAfter(policy, dayMs, 40), true);
  });

  it('asks about what it has asked about least', () => {
    const policy = byBreaks();
    assert.equal(breakAfter(policy, 0, 40), true);
    assert.equal(breakAfter(policy, dayMs, 40), true);
    assert.equal(breakAfter(policy, 2 * dayMs, 40), false);
    assert.equal(breakAfter(policy, 2 * dayMs + 3_600_000, 5), true);
    assert.deepEqual(policy.memory.asked, { low: 1, middle: 2, high: 0 });
  });

  it('asks one in four at a random time, without a break', () => {
    const policy = new FeedbackPolicy(() => 0.1, newMemory(true));
    assert.equal(breakAfter(policy, 0, 40), true);
    const atMs = policy.memory.randomAtMs ?? NaN;
    assert.ok(atMs >= feedbackRules.apartMs);
    let asked: number | undefined;
    for (let wallMs = 700_000; asked === undefined && wallMs < 4 * 3_600_000; wallMs += stepMs) {
      asked = policy.observe(moment(wallMs)) ? wallMs : undefined;
    }
    assert.ok(asked !== undefined && asked >= atMs && asked < atMs + stepMs);
  });

  it('keeps every promise over any days', () => {
    const anyStep = fc.record({
      gapMs: fc.oneof(
        { weight: 30, arbitrary: fc.constant(stepMs) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 5 * 3_600_000 }) },
      ),
      state: fc.constantFrom<FlowState>(...flowStates),
      score: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
      sinceLastEditMs: fc.integer({ min: 0, max: 300_000 }),
      isHere: fc.boolean(),
      isDismissed: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyStep, { minLength: 50, maxLength: 1_000 }),
        fc.nat(),
        (steps, seed) => {
          const random = new Random(seed);
          let policy = new FeedbackPolicy(() => random.uniform(), newMemory(true));
          const perDay = new Map<number, number>();
          let wallMs = 20_000 * dayMs;
          let lastMs = -Infinity;
          for (const { gapMs, isDismissed, ...seen } of steps) {
            wallMs += gapMs;
            const isOn = policy.memory.isOn;
            const now = moment(wallMs, seen);
            if (policy.observe(now)) {
              assert.ok(isOn && seen.isHere && seen.state !== 'inFlow');
              assert.ok((seen.score ?? 0) <= usual.high);
              assert.ok(wallMs - lastMs >= feedbackRules.apartMs);
              lastMs = wallMs;
              perDay.set(now.day, (perDay.get(now.day) ?? 0) + 1);
              assert.ok((perDay.get(now.day) ?? 0) <= feedbackRules.mostPerDay);
              if (isDismissed) {
                policy.dismissed();
              } else {
                policy.answered();
              }
              // What is stored is all that there is to remember about questions.
              const stored = JSON.parse(JSON.stringify(policy.memory)) as typeof policy.memory;
              policy = new FeedbackPolicy(() => random.uniform(), stored);
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
