import assert from 'node:assert/strict';
import {
  formatAgo,
  formatDuration,
  formatHour,
  formatMoment,
  formatPercent,
  formatPoints,
  formatShortDuration,
  formatTime,
  useLanguage,
} from '../../../src/webview/shared/format.ts';
import { text, useStrings } from '../../../src/webview/shared/strings.ts';
import { readKeptDay } from '../../../src/webview/day/otherDay.ts';
import { preferenceDefaults, readPreferences } from '../../../src/webview/shared/viewEvents.ts';

const minuteMs = 60_000;

describe('the words of the dashboard', () => {
  afterEach(() => {
    useStrings({});
    useLanguage('en');
  });

  it('puts values where the text has them, and never a text into itself', () => {
    assert.equal(text('now.spell', { duration: '{duration}' }), '{duration} in this spell');
  });

  it('speaks the table it was given, and English where it has a gap', () => {
    useStrings({ 'now.spell': 'seit {duration} dabei' });
    assert.equal(text('now.spell', { duration: '3 min' }), 'seit 3 min dabei');
    assert.equal(text('now.resume'), 'Resume');
  });

  it('takes nothing from the prototype of a table', () => {
    const strings: Record<string, string> = Object.create({ 'now.resume': 'Weiter' });
    useStrings(strings);
    assert.equal(text('now.resume'), 'Resume');
  });

  it('writes spans of time to the nearest minute', () => {
    assert.equal(formatDuration(46 * minuteMs), '46 min');
    assert.equal(formatDuration(59.6 * minuteMs), '1 h');
    assert.equal(formatDuration(0), '0 min');
    assert.equal(formatDuration(191 * minuteMs), '3 h 11 min');
    assert.equal(formatShortDuration(65 * minuteMs), '1 h 05');
    assert.equal(formatAgo(50_000), '50 s ago');
    assert.equal(formatAgo(-5000), '0 s ago');
    assert.equal(formatAgo(7 * minuteMs), '7 min ago');
  });

  it('never says "0 min" of something that was', () => {
    assert.equal(formatDuration(1), '<1 min');
    assert.equal(formatShortDuration(59_000), '<1 min');
    assert.equal(formatDuration(minuteMs), '1 min');
  });

  it('never says "0%" of something that was', () => {
    assert.equal(formatPercent(0), '0%');
    assert.equal(formatPercent(0.0001), '<1%');
    assert.equal(formatPercent(0.005), '1%');
  });

  it('writes signs that can be told apart', () => {
    assert.equal(formatPoints(13), '+13');
    assert.equal(formatPoints(-5), '\u22125');
    assert.equal(formatPoints(0), '0');
  });

  it('tells times in the zone of the snapshot, whatever the zone of the page', () => {
    const wallMs = Date.UTC(2026, 10, 18, 23, 30);
    assert.match(formatTime(wallMs, 60), /^12:30\sAM$/);
    useLanguage('de');
    assert.equal(formatTime(wallMs, -120), '21:30');
    assert.deepEqual(formatHour(Date.UTC(2026, 10, 18, 8), 0), { hour: '8', dayPeriod: '' });
  });

  it('names today and yesterday by the calendar', () => {
    const atMs = Date.UTC(2026, 10, 18, 0, 30);
    useLanguage('de');
    assert.equal(formatMoment(atMs - 20 * minuteMs, atMs, 0), 'today 0:10');
    assert.equal(formatMoment(atMs - 40 * minuteMs, atMs, 0), 'yesterday 23:50');
    assert.equal(formatMoment(atMs - 20 * minuteMs, atMs, -20), 'yesterday 23:50');
    assert.equal(formatMoment(atMs - 3 * 24 * 60 * minuteMs, atMs, 0), '15. November 2026');
  });

  it('falls back to English for a language that does not exist', () => {
    useLanguage('"><script>');
    assert.match(formatTime(0, 0), /AM$/);
  });
});

describe('readKeptDay', () => {
  it('takes two whole numbers, and nothing else', () => {
    const otherDay = { day: 20_700, today: 20_777 };
    assert.deepEqual(readKeptDay({ otherDay, vaultOpen: true }), otherDay);
    for (const odd of [
      undefined,
      null,
      'text',
      {},
      { otherDay: null },
      { otherDay: { day: 1 } },
      { otherDay: { day: 1.5, today: 2 } },
      { otherDay: { day: '1', today: 2 } },
    ]) {
      assert.equal(readKeptDay(odd), undefined);
    }
  });
});

describe('readPreferences', () => {
  it('takes what it knows and leaves the rest', () => {
    const kept: unknown = JSON.parse(
      '{"vaultOpen": true, "todayOpen": 0, "__proto__": {"todayTable": true}, "other": true}',
    );
    assert.deepEqual(readPreferences(kept), { ...preferenceDefaults, vaultOpen: true });
    assert.deepEqual(readPreferences('text'), preferenceDefaults);
    assert.deepEqual(readPreferences(null), preferenceDefaults);
  });
});
