import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { visibleLines, visibleText } from '../../../src/base/visibleText.ts';

/** Of Unicode's own lists, and not of the code's: what orders a terminal about, turns text around, breaks lines or is not seen. */
const unseen =
  /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029\u00ad\u200b\u2060\ufeff\u{e0001}\u{e0020}-\u{e007f}]/u;
const anyName = fc.string({ unit: 'binary', maxLength: 60 });
const hostileName = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b[2J',
        '\r',
        '\n',
        '\u202e',
        '\u2066',
        '\u009b31m',
        '\u{e0041}',
        '\ud800',
      ),
      anyName,
    ),
  )
  .map((parts) => parts.join(''));

describe('names of others', () => {
  it('are all seen, on one line', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        assert.doesNotMatch(visibleText(name), unseen);
      }),
    );
  });

  it('are all seen in text of several lines, which stays in its lines and columns', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        const shown = visibleLines(text);
        assert.doesNotMatch(shown.replaceAll(/[\n\t]/g, ''), unseen);
        assert.equal(shown.split('\n').length, text.split('\n').length);
        assert.equal(shown.split('\t').length, text.split('\t').length);
      }),
    );
  });

  it('stay as they are in every script', () => {
    for (const name of [
      'Sicherung 2026.age',
      'نسخه‌ی پشتیبان',
      '👩‍💻 vault',
      'गणतन्त्र',
      '𝒱 — “a”',
      'C:\\a\\b',
    ]) {
      assert.equal(visibleText(name), name);
      assert.equal(visibleLines(name), name);
    }
  });

  it('leave JSON as it is', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        assert.equal(JSON.parse(visibleLines(JSON.stringify(name))), name);
      }),
    );
  });

  it('show what was hidden', () => {
    assert.equal(
      visibleText('a\u001b[2J\r\nvault is whole\u202e.age'),
      'a\\u001b[2J\\u000d\\u000avault is whole\\u202e.age',
    );
    assert.equal(visibleText('\u{e0041}'), '\\udb40\\udc41');
  });
});
