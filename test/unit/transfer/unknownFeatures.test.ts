import assert from 'node:assert/strict';
import fc from 'fast-check';
import { featureNames, type FeatureName } from '../../../src/facts/flow.ts';
import type { MinuteSample, RawFeatures } from '../../../src/facts/minuteSample.ts';
import {
  minuteJson,
  parseSession,
  sessionJson,
} from '../../../src/transfer/records/sessionJson.ts';
import { anySample } from '../../support/vaultTools.ts';

const session = {
  id: '0f'.repeat(16),
  isTold: true,
  startMs: 0,
  endMs: 60_000,
  zoneOffsetMinutes: 60,
  origin: 'recorded',
} as const;

type Features = Partial<Readonly<Record<FeatureName, unknown>>>;

function throughJson(sample: MinuteSample, change: Features = {}): RawFeatures | undefined {
  const minute = minuteJson(sample, session.zoneOffsetMinutes);
  const raw = minute['raw'] === null ? null : { ...featuresOf(minute['raw']), ...change };
  const told = { ...sessionJson({ ...session, samples: [] }), minutes: [{ ...minute, raw }] };
  return parseSession(JSON.parse(JSON.stringify(told)))?.samples[0]?.raw;
}

function featuresOf(raw: unknown): Features {
  return raw ?? {};
}

describe('Features that there is too little to tell of, in an export', () => {
  it('are none, and come back as not known', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        const minute = minuteJson({ ...sample, minute: 0 }, 0);
        for (const name of featureNames) {
          const isNone = sample.raw !== undefined && sample.raw[name] === undefined;
          assert.equal(featuresOf(minute['raw'])[name] === null, isNone);
        }
        const back = throughJson({ ...sample, minute: 0 });
        assert.deepEqual(
          featureNames.map((name) => back?.[name] === undefined),
          featureNames.map((name) => sample.raw?.[name] === undefined),
        );
      }),
    );
  });

  it('are read from the exports of earlier versions, which had 0 for a rhythm of no interval', () => {
    const raw = { rhythm: 0.5, focus: 1, consistency: 1, error: 0, velocity: 5 };
    const sample = fc.sample(anySample, 1)[0];
    assert.ok(sample !== undefined);
    const told = { ...sample, minute: 0, raw };
    assert.deepEqual(throughJson(told), raw);
    assert.deepEqual(throughJson(told, { rhythm: 0 }), { ...raw, rhythm: undefined });
    assert.equal(throughJson(told, { rhythm: 'none' }), undefined);
  });
});
