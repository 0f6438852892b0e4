import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tunings, type PersonalFit } from '../../../src/flow/model/personalModel.ts';
import { decodePersonalFit, encodePersonalFit } from '../../../src/flow/model/personalTemplate.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const inputs = 6;
const fit: fc.Arbitrary<PersonalFit> = fc.record(
  {
    tuning: fc.constantFrom(...tunings),
    lastLayer: fc.array(finite, { minLength: inputs, maxLength: inputs }),
    flowRating: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
    answers: fc.nat(),
    judged: fc.nat(),
    rightBefore: fc.nat(),
    rightAfter: fc.nat(),
    lossBefore: finite,
    lossAfter: finite,
  },
  { noNullPrototype: true },
);

describe('a personal model as a template', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fit, (value) => {
        assert.deepEqual(decodePersonalFit(encodePersonalFit(value), inputs), value);
      }),
    );
  });

  it('is none when it was made for another model, or is no template at all', () => {
    fc.assert(
      fc.property(fit, fc.uint8Array(), (value, noise) => {
        assert.equal(decodePersonalFit(encodePersonalFit(value), inputs + 1), undefined);
        assert.equal(decodePersonalFit(noise, inputs), undefined);
      }),
    );
    for (const json of ['null', '7', '{}', '{"version":2}', '{"version":1,"tuning":"none"}']) {
      assert.equal(decodePersonalFit(new TextEncoder().encode(json), inputs), undefined);
    }
  });
});
