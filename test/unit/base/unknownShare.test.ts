import assert from 'node:assert/strict';
import { unknownShare } from '../../../src/facts/unknownShare.ts';

describe('unknownShare', () => {
  it('counts the time that somebody was there, and no other', () => {
    assert.equal(unknownShare({ unknown: 60, steady: 180, away: 600, paused: 600 }), 0.25);
  });

  it('is nothing where nobody was', () => {
    assert.equal(unknownShare({ away: 600 }), 0);
    assert.equal(unknownShare({}), 0);
  });
});
