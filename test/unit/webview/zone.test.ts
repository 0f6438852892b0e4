import assert from 'node:assert/strict';
import { zoneOffsetAt } from '../../../src/webview/shared/zone.ts';

describe('zoneOffsetAt', () => {
  it('follows a change of the clocks within the day', () => {
    // Berlin, 2026-10-25: 03:00 summer time becomes 02:00 at 01:00 UTC.
    const changeMs = Date.UTC(2026, 9, 25, 1);
    const zones = [
      { fromMs: changeMs - 3_600_000, zoneOffsetMinutes: 120 },
      { fromMs: changeMs, zoneOffsetMinutes: 60 },
    ];
    assert.equal(zoneOffsetAt({ zones }, changeMs - 1, 0), 120);
    assert.equal(zoneOffsetAt({ zones }, changeMs, 0), 60);
    assert.equal(zoneOffsetAt({ zones }, changeMs - 7_200_000, 0), 120);
  });

  it('takes what holds otherwise where the day says nothing', () => {
    assert.equal(zoneOffsetAt({}, 0, -300), -300);
    assert.equal(zoneOffsetAt({ zones: [] }, 0, 345), 345);
  });
});
