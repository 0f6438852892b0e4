import assert from 'node:assert/strict';
import fc from 'fast-check';
import { flowStates } from '../../../src/facts/flow.ts';
import type { MinuteSample, RawFeatures } from '../../../src/facts/minuteSample.ts';
import { FlowEngine } from '../../../src/flow/detection/flowEngine.ts';
import { LogisticModel } from '../../../src/flow/model/logisticModel.ts';
import { Rescorer } from '../../../src/flow/history/rescore.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import { simulateUser } from '../../support/generator/generator.ts';
import { scoreUser } from '../../support/judging/scoredUser.ts';
import { play, typeEvenly } from '../../support/typing.ts';

const minuteMs = 60_000;

function sample(minute: number, change: Partial<MinuteSample> = {}): MinuteSample {
  return {
    minute,
    state: 'unknown',
    score: undefined,
    confidence: 0,
    seconds: 60,
    insertedChars: 200,
    deletes: 5,
    blockChars: 0,
    undos: 0,
    navigations: 0,
    blurs: 0,
    raw: undefined,
    ...change,
  };
}

const engaged: RawFeatures = {
  rhythm: 0.4,
  focus: 0.98,
  consistency: 0.95,
  error: 0.03,
  velocity: 5.4,
};

describe('Rescorer', () => {
  it('finds again what the engine found, from one sample a minute', () => {
    const ring = new KeystrokeRing();
    const engine = new FlowEngine(ring);
    const readings = play(engine, ring, typeEvenly(0, 1_200_000, 160), 0, 1_200_000);
    const rescorer = new Rescorer();
    const states = Array.from({ length: 20 }, (_, minute) => {
      const raw = readings[(minute + 1) * 4]?.raw;
      return rescorer.next(sample(minute, raw === undefined ? {} : { raw }), 0);
    });
    assert.equal(readings.at(-1)?.state, 'inFlow');
    assert.equal(states.at(-1)?.state, 'inFlow');
    const score = readings.at(-1)?.score ?? NaN;
    assert.ok(Math.abs((states.at(-1)?.score ?? NaN) - score) < 2);
  });

  it('agrees with the engine on most minutes of a simulated user', () => {
    const steps = scoreUser(simulateUser(77, { sessions: 2, sessionHours: 2 }));
    const rescorer = new Rescorer();
    let same = 0;
    let scored = 0;
    for (let at = 3; at < steps.length; at += 4) {
      const step = steps[at];
      if (step === undefined) {
        continue;
      }
      const minute = Math.floor(step.wallMs / minuteMs);
      const stored = sample(minute, {
        state: step.state,
        ...(step.raw === undefined ? {} : { raw: step.raw }),
        ...(step.state === 'assisted' ? { blockChars: 2_000 } : {}),
      });
      const { state } = rescorer.next(stored, Math.floor(minute / 1_440));
      if (step.probability !== undefined) {
        scored++;
        same += (state === 'inFlow') === (step.state === 'inFlow') ? 1 : 0;
      }
    }
    assert.ok(scored > 100);
    assert.ok(same / scored > 0.85, `${same} of ${scored}`);
  });

  it('leaves minutes assisted in which most text had no sign of a key, as that is not in the record', () => {
    const rescorer = new Rescorer();
    for (let minute = 0; minute < 20; minute++) {
      const stored = sample(minute, { state: 'assisted', raw: engaged });
      const { state, score } = rescorer.next(stored, 0);
      assert.ok(state !== 'inFlow' && state !== 'steady');
      if (minute > 0) {
        assert.equal(state, 'assisted');
        assert.equal(score, undefined);
      }
    }
  });

  it('scores minutes of which some features are not known', () => {
    const rescorer = new Rescorer();
    const known = new Rescorer();
    for (let minute = 0; minute < 30; minute++) {
      const raw = { ...engaged, rhythm: undefined, consistency: undefined };
      const { score } = rescorer.next(sample(minute, { raw }), 0);
      assert.ok(score !== undefined && score > 0 && score < 100);
      known.next(sample(minute, { raw: engaged }), 0);
    }
    assert.equal(rescorer.baseline.minutes, known.baseline.minutes);
  });

  it('changes with the model', () => {
    const never = new LogisticModel({ weights: [0, 0, 0, 0, 0], bias: -5 });
    const rescorer = new Rescorer(undefined, never);
    for (let minute = 0; minute < 30; minute++) {
      assert.equal(rescorer.next(sample(minute, { raw: engaged }), 0).state, 'building');
    }
  });

  it('leaves what was nobody, or without features, as it was', () => {
    const rescorer = new Rescorer();
    for (const [minute, state] of flowStates.entries()) {
      assert.equal(rescorer.next(sample(minute, { state }), 0).state, state);
    }
    assert.equal(rescorer.next(sample(100, { state: 'away', raw: engaged }), 0).state, 'away');
  });

  it('is sound for any history', () => {
    const anySample = fc.record({
      gap: fc.integer({ min: 1, max: 300 }),
      state: fc.constantFrom(...flowStates),
      raw: fc.option(fc.constant(engaged), { nil: undefined }),
      blockChars: fc.nat({ max: 5_000 }),
    });
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 100 }), (parts) => {
        const rescorer = new Rescorer();
        let minute = 28_000_000;
        for (const { gap, ...change } of parts) {
          minute += gap;
          const { score } = rescorer.next(sample(minute, change), Math.floor(minute / 1_440));
          assert.ok(score === undefined || (score >= 0 && score <= 100));
        }
      }),
    );
  });
});
