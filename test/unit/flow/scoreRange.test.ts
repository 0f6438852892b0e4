import assert from 'node:assert/strict';
import type { Evidence } from '../../../src/flow/flowReading.ts';
import { ScoreRange } from '../../../src/flow/model/scoreRange.ts';

const plenty: Evidence = {
  edits: 400,
  editsNeeded: 15,
  typedChars: 400,
  blockChars: 0,
  unknownChars: 0,
  navigations: 0,
  blurs: 0,
  sinceLastEditMs: 0,
};

describe('ScoreRange', () => {
  it('is not sure of a spell that has only just begun, however much was typed', () => {
    const confidenceAfter = (spellMs: number): number => {
      const range = new ScoreRange();
      range.measure(-4.6, plenty, 1, spellMs);
      return range.confidence;
    };
    assert.ok(confidenceAfter(30_000) < confidenceAfter(120_000));
    assert.ok(confidenceAfter(120_000) < confidenceAfter(180_000));
    assert.equal(confidenceAfter(180_000), confidenceAfter(3_600_000));
    assert.ok(confidenceAfter(30_000) < 0.75, 'not "quite sure" after half a minute');
  });

  it('is less sure of little evidence, of a stranger, and of what may not be typed', () => {
    const widthOf = (evidence: Evidence, maturity: number): number => {
      const range = new ScoreRange();
      range.measure(0, evidence, maturity, 600_000);
      return range.high - range.low;
    };
    const least = widthOf(plenty, 1);
    assert.ok(widthOf({ ...plenty, edits: 15 }, 1) > least);
    assert.ok(widthOf(plenty, 0) > least);
    const unknown = new ScoreRange();
    unknown.measure(0, plenty, 1, 600_000, 2);
    assert.ok(unknown.high - unknown.low > least);
    assert.ok(widthOf({ ...plenty, unknownChars: 400 }, 1) > least);
  });
});
