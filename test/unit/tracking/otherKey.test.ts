import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isOtherKey } from '../../../src/tracking/edits/otherKey.ts';

/** Whether a key that writes `text` behind `line` is known not to be the one that wrote its end. */
function isOther(line: string, text: string, rangeLength = 0): boolean {
  return isOtherKey({ text, rangeLength }, line, line.length);
}

describe('isOtherKey', () => {
  it('finds the character that a held key wrote before the caret', () => {
    assert.deepEqual(
      ['a', '=', ' ', 'あ', '😀', '👩', '\t'].map((key) => [
        isOther(key, key),
        isOther(`x${key}${key}`, key),
        isOther('', key),
        isOther(`${key}x`, key),
      ]),
      Array.from({ length: 7 }, () => [false, false, true, true]),
    );
    // Half of an emoji is not the emoji, and another of its plane is none.
    assert.ok(isOther('😀', '😁'));
    assert.ok(isOther('\ude00', '😀'));
  });

  it('knows what the editor adds to a key: the other bracket, blanks up to a stop, an indent, the sign of a comment', () => {
    assert.deepEqual(
      [isOther('f(', '()'), isOther('f', '()'), isOther('    ', '    '), isOther('a', '    ')],
      [false, true, false, true],
    );
    assert.deepEqual(
      [
        isOther('', '\n'),
        isOther('    ', '\r\n    '),
        isOther('  // ', '\n  // '),
        isOther('let a;', '\n'),
        isOther('  // a', '\n  // '),
      ],
      [false, false, false, true, true],
    );
  });

  it('compares within what an input method writes anew, and says nothing of a deletion', () => {
    assert.deepEqual(
      [isOther('私は', 'ああ', 1), isOther('私は', 'あああ', 2), isOther('私は', 'あk', 1)],
      [false, false, true],
    );
    assert.equal(isOther('abc', '', 1), false);
  });

  it('takes no repeat of any character for another key, at any place of any line', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        (start, key) => {
          const isBreak = key === '\n' || key === '\r';
          assert.ok(isBreak || !isOther(start + key, key));
        },
      ),
    );
  });
});
