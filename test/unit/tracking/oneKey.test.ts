import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  classifyEdit,
  type Classification,
  type EditChange,
} from '../../../src/tracking/edits/editClassifier.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { countGraphemes, isOneCharacter } from '../../../src/tracking/edits/graphemes.ts';

function classify(...changes: readonly EditChange[]): Classification {
  const into: Classification = { kind: EventKind.unknown, insertedChars: 0, deletedChars: 0 };
  assert.ok(classifyEdit(changes, undefined, into));
  return into;
}

const came = (text: string, rangeLength = 0): EditChange => ({ text, rangeLength });
const went = (rangeLength: number): EditChange => came('', rangeLength);

const key: Classification = { kind: EventKind.insert, insertedChars: 1, deletedChars: 0 };
const command: Classification = { kind: EventKind.replace, insertedChars: 0, deletedChars: 0 };

/** What one key of some keyboard makes, and how it is called there. */
const characters: readonly [string, string][] = [
  ['a letter', 'a'],
  ['a precomposed accent', 'é'],
  ['a combining accent', 'e\u0301'],
  ['two combining accents', 'e\u0302\u0301'],
  ['a musical sign of two code units', '\u{1d11e}'],
  ['an ideograph of two code units', '\u{20bb7}'],
  ['an ideograph with a variation selector', '葛\u{e0100}'],
  ['an emoji', '😀'],
  ['an emoji with a skin tone', '👍🏽'],
  ['a family', '👨‍👩‍👧‍👦'],
  ['a couple with skin tones', '👩🏽‍❤️‍💋‍👨🏻'],
  ['a heart with its selector', '❤️'],
  ['a keycap', '1️⃣'],
  ['a flag of two letters', '🇯🇵'],
  ['a flag of tags', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
  ['a rainbow flag', '🏳️‍🌈'],
  ['lam-alef', 'لا'],
  ['lam-alef with hamza above', 'لأ'],
  ['lam-alef with hamza below', 'لإ'],
  ['lam-alef with madda', 'لآ'],
  ['an Arabic letter with its vowel', 'بَّ'],
  ['a Hebrew letter with its points', 'שּׁ'],
  ['a Hangul syllable', '한'],
  ['a Hangul syllable in conjoining letters', '\u1112\u1161\u11ab'],
  ['a Devanagari syllable', 'कि'],
  ['a Devanagari conjunct', 'क्ष'],
  ['a Devanagari conjunct of three', 'त्र्य'],
  ['a Bengali conjunct', 'ক্ষ'],
  ['a Tamil conjunct', 'க்ஷ'],
  ['a Tamil sri', 'ஸ்ரீ'],
  ['a Thai letter with vowel and tone', 'ที่'],
  ['a Khmer vowel of two signs', 'ុះ'],
  ['a Yiddish ligature with its point', 'ײַ'],
  ['a kana with a combining mark', 'か\u3099'],
];

/** Brackets and quotes with the partner that the editor sets, for what is typed last. */
const pairs: readonly string[] = [
  ...`() [] {} <> "" '' \`\` $$ %% «» »« “” ‘’ „“ （） 「」 『』 【】 《》 〈〉 **/ ---> ##> {}} (\\right) (\\)`.split(
    ' ',
  ),
  '* */',
  '"\n"@',
];

/** What languages repeat at the start of the line that Enter begins. */
const prefixes: readonly string[] = [
  ..."/|//|///|//!| *|*|#|##|--|---|;;|;|%|'|'''|\"|!|>|> >|-|+|•|1.|12.|10)|a.|b)|- [ ]|* [x]|..|>   -|\\item".split(
    '|',
  ),
  '|',
].map((sign) => `${sign} `);

describe('What one key does', () => {
  for (const [name, text] of characters) {
    it(`is one key: ${name}`, () => {
      assert.deepEqual(classify(came(text)), key);
      assert.ok(isOneCharacter(text));
      assert.deepEqual(classify(came(text, 3)), {
        ...key,
        kind: EventKind.replace,
        deletedChars: 3,
      });
    });
  }

  it('is one key for every pair that the editor closes', () => {
    for (const pair of pairs) {
      assert.deepEqual(classify(came(pair)), key, JSON.stringify(pair));
    }
  });

  const indents = fc.oneof(
    fc.nat(40).map((columns) => ' '.repeat(columns)),
    fc.nat(9).map((tabs) => '\t'.repeat(tabs)),
    fc
      .tuple(fc.nat(5), fc.nat(3))
      .map(([tabs, columns]) => '\t'.repeat(tabs) + ' '.repeat(columns)),
  );
  const lineEnds = fc.constantFrom('\n', '\r\n');

  it('is one key for Enter, whatever the editor adds and however deep it is', () => {
    fc.assert(
      fc.property(
        lineEnds,
        indents,
        fc.constantFrom('', '//', '#', ...prefixes),
        fc.option(indents, { nil: undefined }),
        fc.nat(60),
        (end, indent, prefix, closing, taken) => {
          const text = end + indent + prefix + (closing === undefined ? '' : end + closing);
          const change = { ...came(text, taken), range: { isSingleLine: true } };
          assert.deepEqual(classify(change), key, JSON.stringify(text));
        },
      ),
    );
  });

  it('is a key written over a selection for Enter over several lines', () => {
    assert.deepEqual(classify({ ...came('\n', 90), range: { isSingleLine: false } }), {
      kind: EventKind.replace,
      insertedChars: 1,
      deletedChars: 90,
    });
  });

  it('is one key for Tab with any size of indent', () => {
    for (let columns = 2; columns <= 32; columns += 1) {
      const blanks = ' '.repeat(columns);
      assert.deepEqual(classify(came(blanks)), key);
      // On an empty line VS Code replaces the indent that is there by the one that fits.
      assert.deepEqual(classify(came(blanks, columns - 1)), key);
      assert.deepEqual(classify(came(blanks), came(blanks), came(blanks)), key);
    }
  });

  it('is one key for lines that are shifted, each with an indent of its own', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 2, maxLength: 30 }),
        fc.constantFrom(2, 3, 4, 8),
        (depths, size) => {
          const shifted = depths.map((depth) => came(' '.repeat((depth + 1) * size), depth * size));
          assert.deepEqual(classify(...shifted), key);
          const back = depths.map((depth) => came(' '.repeat(depth * size), (depth + 1) * size));
          const told = classify(...back);
          const areEmptied = depths.every((depth) => depth === 0);
          assert.deepEqual(told, areEmptied ? { ...told, kind: EventKind.delete } : command);
        },
      ),
    );
  });

  it('is Enter or a letter, though the editor takes back an indent that it had set', () => {
    for (const columns of [1, 4, 8, 12, 40]) {
      const trimmed = went(columns);
      assert.deepEqual(classify(came(`\n${' '.repeat(columns)}`), trimmed), key);
      assert.deepEqual(classify(trimmed, came('\n')), columns === 1 ? command : key);
      assert.deepEqual(classify(came('x'), trimmed), key);
      assert.deepEqual(classify(trimmed, came('()')), key);
    }
    assert.deepEqual(classify(came('\n    // '), went(7)), key);
  });

  it('is a command where lines or a selection change their place', () => {
    const lines = fc
      .array(fc.string({ unit: 'grapheme', maxLength: 60 }), { minLength: 1, maxLength: 5 })
      .map((parts) => `${parts.join('\n')}\n`);
    fc.assert(
      fc.property(lines, fc.boolean(), (line, up) => {
        const changes = [went(line.length), came(line)];
        assert.deepEqual(classify(...(up ? changes.reverse() : changes)), command);
      }),
    );
    // Past the head of a block: the line is indented anew, and so is what it passes.
    assert.deepEqual(classify(went(9), came('    call();\n'), came('    ')), command);
    assert.deepEqual(classify(went(13), came('call();\n'), went(4)), command);
    assert.deepEqual(classify(came('a dragged selection'), went(19)), command);
  });

  it('is a command where lines become comments or a selection is set in signs', () => {
    for (const sign of ['// ', '# ', '-- ', ';; ', '% ', "' ", '; ', 'REM ', '@REM ', '/// ']) {
      for (const lines of [1, 2, 60]) {
        assert.deepEqual(
          classify(...Array.from({ length: lines }, () => came(sign))),
          command,
          sign,
        );
      }
    }
    for (const [open, close] of [
      ['/* ', ' */'],
      ['<!-- ', ' -->'],
      ['{/* ', ' */}'],
      ['<# ', ' #>'],
      ['**', '**'],
      ['_', '_'],
      ['```', '```'],
    ] as const) {
      const told = classify(came(close), came(open));
      assert.deepEqual(told, open.length === 1 ? key : command, open);
    }
  });

  it('is one key where a selection is set in brackets', () => {
    assert.deepEqual(classify(came(')'), came('(')), key);
    assert.deepEqual(classify(came('"'), came('"'), came('"'), came('"')), key);
  });

  it('is a command where as much text stands as before', () => {
    assert.deepEqual(classify(came('A LONG SENTENCE IN UPPER CASE', 29)), command);
  });

  it('is no key where words, a paste or several lines come at once', () => {
    for (const [text, rangeLength, kind] of [
      ['the', 0, EventKind.unknown],
      ['中国', 0, EventKind.insert],
      ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 0, EventKind.unknown],
      ['한국', 0, EventKind.insert],
      ['わたし、', 0, EventKind.insert],
      ['中国 and', 0, EventKind.unknown],
      ['нет', 4, EventKind.replace],
      ['我今天要去学校上课', 0, EventKind.block],
      ['\n    return', 0, EventKind.block],
      ['\n// and more words', 0, EventKind.block],
      ['a\n', 0, EventKind.block],
      ['x'.repeat(100_000), 5, EventKind.block],
      ['😀'.repeat(8), 0, EventKind.block],
    ] as const) {
      assert.equal(classify(came(text, rangeLength)).kind, kind, text.slice(0, 20));
    }
    assert.equal(
      classify(came('useState', 3), came("import { useState } from 'react';\n")).kind,
      EventKind.block,
    );
  });

  it('counts short texts in characters as a reader does', () => {
    assert.equal(classify(came('👨‍👩‍👧‍👦👍🏽')).insertedChars, 2);
    assert.equal(classify(came('e\u0301t')).insertedChars, 2);
    const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        assert.equal(countGraphemes(text), Array.from(segmenter.segment(text)).length);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        assert.equal(countGraphemes(text), Array.from(segmenter.segment(text)).length);
      }),
    );
  });
});
