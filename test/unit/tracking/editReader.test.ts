import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Classification, EditReason } from '../../../src/tracking/edits/editClassifier.ts';
import { EditReader, type PlacedChange } from '../../../src/tracking/edits/editReader.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { countGraphemes } from '../../../src/tracking/edits/graphemes.ts';

/** One key as the tracker holds it, with what revised it. */
interface Key {
  kind: EventKind;
  inserted: number;
  deleted: number;
}

/** A document with cursors, that is edited as VS Code does it: one event for all cursors, the last place first. */
class TypedDocument {
  text: string;
  cursors: number[];
  timeMs = 0;
  /** No caret was told of since the edit before. */
  awaitsSign = false;
  readonly keys: Key[] = [];
  readonly reader: EditReader<object>;
  readonly #id = {};

  constructor(
    text = '',
    cursors: readonly number[] = [text.length],
    reader = new EditReader<object>(),
  ) {
    this.text = text;
    this.cursors = [...cursors];
    this.reader = reader;
  }

  /** Replaces so many units before each cursor; `afterMs` is the time since the edit before. */
  replaceBefore(rangeLength: number, text: string, afterMs = 150): void {
    const changes = this.cursors
      .map((cursor) => ({ rangeOffset: cursor - rangeLength, rangeLength, text }))
      .reverse();
    this.apply(changes, afterMs);
    this.cursors = this.cursors.map(
      (cursor, at) => cursor + (at + 1) * (text.length - rangeLength),
    );
  }

  apply(changes: readonly PlacedChange[], afterMs = 150, reason?: EditReason): void {
    this.timeMs += afterMs;
    for (const { rangeOffset, rangeLength, text } of changes) {
      this.text =
        this.text.slice(0, rangeOffset) + text + this.text.slice(rangeOffset + rangeLength);
    }
    const edit: Classification = { kind: EventKind.unknown, insertedChars: 0, deletedChars: 0 };
    if (this.reader.read(this.#id, this.timeMs, changes, reason, this.awaitsSign, edit)) {
      const key = { kind: edit.kind, inserted: edit.insertedChars, deleted: edit.deletedChars };
      if (edit.revisesLatest === true) {
        this.keys[this.keys.length - 1] = key;
      } else {
        this.keys.push(key);
      }
    }
  }

  /** Each text is what an input method shows after one key, the last what it leaves. */
  compose(shown: readonly string[], afterMs = 150): void {
    let length = 0;
    for (const text of shown) {
      this.replaceBefore(length, text, afterMs);
      this.reader.keyEnded();
      length = text.length;
    }
  }

  type(text: string): void {
    for (const character of text) {
      this.replaceBefore(0, character);
      this.reader.keyEnded();
    }
  }

  get typed(): number {
    return this.keys.reduce((sum, { kind, inserted, deleted }) => {
      if (kind === EventKind.insert) {
        return sum + inserted - deleted;
      }
      return kind === EventKind.replace ? sum + inserted : sum;
    }, 0);
  }

  count(kind: EventKind): number {
    return this.keys.filter((key) => key.kind === kind).length;
  }
}

/** Every second text an input method shows after one key more, and what it leaves in the end. */
const compositions: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Japanese: [
    ['n', 'に', 'にh', 'にほ', 'にほn', 'にほん', 'にほんg', 'にほんご', '日本語', '日本語'],
    ['k', 'か', 'かk', 'かき', '書き', '書き'],
    ['w', 'わ', 'わt', 'わた', 'わたs', 'わたし', '私', 'わたし', 'ワタシ', '私'],
    ['t', 'ts', 'つ', 'つz', 'つづ', 'つづk', 'つづけ', '続け'],
    ['k', 'ky', 'きょ', 'きょう', 'きょうh', 'きょうは', '今日は'],
  ],
  pinyin: [
    ['z', 'zh', 'zho', 'zhon', 'zhong', 'zhong g', 'zhong gu', 'zhong guo', '中国'],
    ['w', 'wo', "wo'm", "wo'm'j", "wo'm'j't", "wo'm'j't'y", '我们今天要'],
    ['n', 'ni', 'nih', 'niha', 'nihao', '你好'],
    ['l', 'lü', '绿'],
    ['s', 'sh', 'shi', 'shi j', 'shi ji', 'shi jie', '世jie', '世界'],
  ],
  bopomofo: [
    ['ㄓ', 'ㄓㄨ', 'ㄓㄨㄥ', '中'],
    ['ㄍ', 'ㄍㄨ', 'ㄍㄨㄛ', '國'],
  ],
  cangjie: [
    ['日', '日月', '明'],
    ['竹', '竹手', '竹手戈', '我'],
  ],
  Hangul: [
    ['ㅎ', '하', '한', '한'],
    ['ㄱ', '구', '국'],
    ['ㄴ', '나', '낫', '낮', '나'],
  ],
  Vietnamese: [
    ['v', 'vi', 'vie', 'viê', 'viêt', 'việt'],
    ['d', 'đ', 'đu', 'đuo', 'đươ', 'được'.slice(0, 4)],
  ],
  'dead keys': [
    ['´', 'é'],
    ['^', 'ô'],
    ['¨', 'ü'],
    ['~', '~'],
  ],
  'an accent by holding': [
    ['a', 'ä'],
    ['e', 'e\u0301'],
  ],
  Amharic: [
    ['ሰ', 'ሱ'],
    ['ል', 'ላ'],
  ],
  emoji: [
    [':', ':s', ':sm', ':smi', ':smil', ':smile', '😄'],
    ['f', '👨‍👩‍👧‍👦'],
  ],
  'rare ideographs': [['y', 'ye', '\u{20bb7}']],
};

describe('EditReader', () => {
  describe('of an input method', () => {
    for (const [name, examples] of Object.entries(compositions)) {
      it(`counts ${name} key by key, and the characters that stay`, () => {
        for (const cursors of [1, 2, 7]) {
          const gap = '----';
          const document = new TypedDocument(
            gap.repeat(cursors),
            Array.from({ length: cursors }, (_, at) => (at + 1) * gap.length),
          );
          let keys = 0;
          for (const shown of examples) {
            document.compose(shown);
            keys += shown.length;
          }
          const left = countGraphemes(document.text) - gap.length * cursors;
          assert.equal(document.typed, left / cursors);
          assert.equal(document.keys.length, keys);
          for (const kind of [EventKind.block, EventKind.delete, EventKind.replace]) {
            assert.equal(document.count(kind), 0);
          }
        }
      });
    }

    it('counts a long sentence that is shown whole with every key', () => {
      const sentence = 'きょうはとてもいいてんきですからさんぽにいきましょう';
      const document = new TypedDocument('# ');
      document.compose([
        ...Array.from(sentence, (_, at) => sentence.slice(0, at + 1)),
        '今日はとてもいい天気ですから散歩に行きましょう',
      ]);
      assert.equal(document.typed, 23);
      assert.equal(document.count(EventKind.insert), sentence.length + 1);
      assert.equal(document.keys.length, sentence.length + 1);
    });

    it('makes nothing of a composition that is given up', () => {
      const document = new TypedDocument('before ');
      document.compose(['n', 'に', 'にh', 'にほ', 'にほn', '']);
      assert.equal(document.typed, 0);
      assert.equal(document.count(EventKind.delete), 0);
      document.type('x');
      assert.equal(document.typed, 1);
    });

    it('takes Backspace of the only character, or after a composition, for a deletion', () => {
      const document = new TypedDocument();
      document.compose(['k', '']);
      document.compose(['n', 'に', '日本']);
      document.replaceBefore(1, '');
      assert.equal(document.count(EventKind.delete), 2);
    });

    it('takes a syllable that is finished and the one that begins for one key', () => {
      const document = new TypedDocument();
      // 하 with ㄴ under it; then the vowel takes the ㄴ along.
      document.compose(['ㅎ', '하', '한']);
      document.replaceBefore(1, '하', 120);
      document.replaceBefore(0, '나', 1);
      document.replaceBefore(1, '난', 120);
      // The next syllable: what is there is taken over as it is.
      document.replaceBefore(1, '난', 120);
      document.replaceBefore(0, 'ㄱ', 0);
      assert.equal(document.text, '하난ㄱ');
      assert.equal(document.keys.length, 6);
      assert.equal(document.typed, 3);
      assert.equal(document.count(EventKind.insert), 6);
    });

    it('takes the first clause that is taken over and the rest for one key', () => {
      const document = new TypedDocument();
      document.compose(['に', 'にほ', 'にほん', 'にほんご', 'にほんごを']);
      document.replaceBefore(5, '日本', 150);
      document.replaceBefore(0, 'ご', 1);
      document.replaceBefore(0, 'を', 0);
      document.replaceBefore(2, '語を', 150);
      assert.equal(document.text, '日本語を');
      assert.equal(document.typed, 4);
      assert.equal(document.keys.length, 7);
      assert.equal(document.count(EventKind.insert), 7);
    });

    it('takes what is taken over twice for one key', () => {
      const document = new TypedDocument('', [0]);
      document.compose(['n', 'に', 'にほ', '日本']);
      document.replaceBefore(2, '日本', 120);
      document.replaceBefore(2, '日本', 1);
      assert.equal(document.keys.length, 5);
      assert.equal(document.typed, 2);
    });

    it('leaves out the quote that the editor closes behind one from a dead key', () => {
      const document = new TypedDocument();
      document.compose(['´', "'"]);
      document.apply([{ rangeOffset: 1, rangeLength: 0, text: "'" }], 1);
      assert.equal(document.typed, 1);
      assert.equal(document.keys.length, 2);
    });

    it('knows a composition over a selection', () => {
      const document = new TypedDocument('a word');
      document.replaceBefore(4, 'k');
      document.replaceBefore(1, 'か');
      document.replaceBefore(1, 'かく');
      assert.equal(document.typed, 2);
      assert.deepEqual(
        document.keys.map(({ kind }) => kind),
        [EventKind.replace, EventKind.insert, EventKind.insert],
      );
    });

    it('takes a word that it completes for typed, and more for a block', () => {
      const document = new TypedDocument();
      document.compose(['a', 'あ', 'あり', 'ありがとう']);
      assert.deepEqual(
        document.keys.map(({ kind, inserted }) => [kind, inserted]),
        [
          [EventKind.insert, 1],
          [EventKind.insert, 0],
          [EventKind.insert, 1],
          [EventKind.insert, 3],
        ],
      );
      document.compose(['o', 'お', 'お世話になっております']);
      assert.deepEqual(document.keys.at(-1), { kind: EventKind.block, inserted: 10, deleted: 0 });
    });

    it('knows each document by itself', () => {
      const reader = new EditReader<object>();
      const one = new TypedDocument('', [0], reader);
      const other = new TypedDocument('', [0], reader);
      one.compose(['k', 'か']);
      other.apply([{ rangeOffset: 0, rangeLength: 1, text: 'x' }]);
      assert.deepEqual(other.keys, [{ kind: EventKind.replace, inserted: 1, deleted: 1 }]);
    });

    it('goes on while something else in the document is edited', () => {
      const document = new TypedDocument('head\n\ntail\n', [5]);
      const texts = ['k', 'か', 'かn', 'かん', 'かんj', 'かんじ', '漢字'];
      let length = 0;
      texts.forEach((text, at) => {
        document.replaceBefore(length, text);
        length = text.length;
        // Once it is a composition, another program writes before it and behind it.
        if (at > 0) {
          document.apply([{ rangeOffset: 0, rangeLength: 1, text: 'somebody else, ' }], 20);
          document.cursors = document.cursors.map((cursor) => cursor + 14);
          document.apply(
            [{ rangeOffset: document.text.length, rangeLength: 0, text: 'an end' }],
            20,
          );
        }
      });
      const keys = document.keys.filter(({ kind }) => kind === EventKind.insert);
      assert.equal(keys.length, texts.length);
      assert.equal(
        keys.reduce((sum, { inserted, deleted }) => sum + inserted - deleted, 0),
        2,
      );
    });

    it('does not go on where something else stands now', () => {
      const document = new TypedDocument();
      document.compose(['k', 'か', 'かn', 'かん']);
      document.apply([{ rangeOffset: 1, rangeLength: 0, text: 'x' }]);
      document.apply([{ rangeOffset: 0, rangeLength: 2, text: '感' }]);
      assert.equal(document.keys.at(-1)?.kind, EventKind.replace);
    });

    it('does not go on after undo', () => {
      const document = new TypedDocument();
      document.compose(['k', 'か', 'かk']);
      document.apply([{ rangeOffset: 0, rangeLength: 2, text: 'か' }], 150, 'undo');
      document.apply([{ rangeOffset: 0, rangeLength: 1, text: '書' }]);
      assert.equal(document.count(EventKind.undo), 1);
      assert.equal(document.keys.at(-1)?.kind, EventKind.replace);
    });
  });

  /**
   * A text written by a person with an input method and plain keys in any order: what is recorded is what stands
   * in the text at the end, whatever was shown, converted and given up in between.
   */
  it('records as many typed characters as a text has that was written with an input method', () => {
    const syllables = [
      'か',
      'きゃ',
      '日',
      '한',
      'ㄱ',
      'a',
      'é',
      'e\u0301',
      '国',
      '👍🏽',
      '\u{20bb7}',
      "'",
      ' ',
    ];
    const shown = fc
      .array(fc.constantFrom(...syllables), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(''));
    /** Grows as fast as keys let it, then turns into something no longer. */
    const composition = fc
      .tuple(shown, fc.array(fc.nat(100), { maxLength: 4 }), fc.boolean())
      .map(([text, conversions, isGivenUp]) => {
        const graphemes = Array.from(
          new Intl.Segmenter('ja', { granularity: 'grapheme' }).segment(text),
          ({ segment }) => segment,
        );
        const grown = graphemes.map((_, at) => graphemes.slice(0, at + 1).join(''));
        const converted = conversions.map((pick) =>
          graphemes.slice(0, 1 + (pick % graphemes.length)).join(''),
        );
        return [
          ...grown,
          ...converted.sort((a, b) => b.length - a.length),
          ...(isGivenUp ? [''] : []),
        ];
      });
    const act = fc.oneof(
      composition.map((texts) => ({ compose: texts })),
      fc.constantFrom('x', ' ', '\n', '1').map((text) => ({ type: text })),
      fc.constant({ moved: true }),
    );
    fc.assert(
      fc.property(
        fc.array(act, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 20, max: 3_000 }),
        (acts, cursors, pauseMs) => {
          const gap = '....';
          const document = new TypedDocument(
            gap.repeat(cursors),
            Array.from({ length: cursors }, (_, at) => (at + 1) * gap.length),
          );
          let removed = 0;
          let keys = 0;
          let written = 0;
          for (const done of acts) {
            if ('compose' in done) {
              document.compose(done.compose, pauseMs);
              keys += done.compose.length;
              written += countGraphemes(done.compose.at(-1) ?? '');
              const [last, before] = [done.compose.at(-1), done.compose.at(-2)];
              // One character that goes is a Backspace.
              removed += last === '' && countGraphemes(before ?? '') === 1 ? 1 : 0;
            } else if ('type' in done) {
              document.type(done.type);
              keys += 1;
              written += 1;
            } else {
              document.reader.keyEnded();
            }
          }
          assert.equal(document.keys.length, keys);
          assert.equal(document.count(EventKind.block), 0);
          assert.equal(document.count(EventKind.delete), removed);
          assert.equal(document.typed, written + removed);
        },
      ),
    );
  });

  describe('of what comes at once', () => {
    /** As the editor takes in a text that an input method or a dictation hands over: one event for each character. */
    const handOver = (text: string, gapsMs: readonly number[] = [0.4]): TypedDocument => {
      const document = new TypedDocument('said: ');
      for (const [index, character] of Array.from(text).entries()) {
        document.replaceBefore(0, character, index === 0 ? 900 : gapsMs[index % gapsMs.length]);
        document.awaitsSign = true;
      }
      return document;
    };

    it('takes a word of an input method for one key', () => {
      for (const [text, kind] of [
        ['中', EventKind.insert],
        ['中国', EventKind.insert],
        ['中国人', EventKind.insert],
        ['the', EventKind.unknown],
        ['لا', EventKind.insert],
      ] as const) {
        const document = handOver(text);
        assert.deepEqual(document.keys, [{ kind, inserted: Array.from(text).length, deleted: 0 }]);
      }
    });

    it('takes a dictated sentence for a block, all of it', () => {
      const text = 'this is what somebody said to the computer';
      const document = handOver(text);
      assert.deepEqual(document.keys, [
        { kind: EventKind.block, inserted: text.length, deleted: 0 },
      ]);
    });

    it('takes them for one as well when a machine is held up within them, until a caret is told of', () => {
      const text = 'this is what somebody said to the computer';
      for (const gapsMs of [[0.4, 60, 0.1], [9], [200, 3]]) {
        const dictated = handOver(text, gapsMs);
        assert.deepEqual(dictated.keys, [
          { kind: EventKind.block, inserted: text.length, deleted: 0 },
        ]);
        assert.deepEqual(handOver('لا', gapsMs).keys, [
          { kind: EventKind.insert, inserted: 2, deleted: 0 },
        ]);
        dictated.awaitsSign = false;
        dictated.replaceBefore(0, 'x', 9);
        assert.equal(dictated.count(EventKind.insert), 1);
      }
      assert.equal(handOver('لا', [300]).keys.length, 2, 'not for ever');
    });

    it('counts what a dictation puts right once, and its words never as typed', () => {
      const document = new TypedDocument();
      document.compose(
        ['I want two', 'I want to write', 'I want to write a letter', 'I want to write a letter.'],
        700,
      );
      const blocks = document.keys
        .filter(({ kind }) => kind === EventKind.block)
        .reduce((sum, { inserted }) => sum + inserted, 0);
      assert.equal(blocks, 19);
      assert.equal(document.typed, 1);
    });

    it('takes keys that a busy editor hands on together for the keys that they are', () => {
      const document = new TypedDocument();
      for (const character of 'quickly typed') {
        document.replaceBefore(0, character, 0.3);
        document.reader.keyEnded();
      }
      assert.equal(document.count(EventKind.insert), 13);
    });

    it('parts what comes in different places, or after a while', () => {
      const document = new TypedDocument('0123456789');
      document.apply([{ rangeOffset: 3, rangeLength: 0, text: 'a' }]);
      document.apply([{ rangeOffset: 8, rangeLength: 0, text: 'b' }], 1);
      document.apply([{ rangeOffset: 9, rangeLength: 0, text: 'c' }], 9);
      assert.equal(document.count(EventKind.insert), 3);
    });
  });

  describe('of what the editor adds', () => {
    it('leaves out a tag that the editor closes', () => {
      for (const [typed, closing] of [
        ['<section>', '</section>'],
        ['<my-element>', '</my-element>'],
        ['<a:b.c>', '</a:b.c>'],
        ['<>', '</>'],
        ['<div></', 'div>'],
      ] as const) {
        const document = new TypedDocument();
        document.type(typed);
        document.apply([{ rangeOffset: typed.length, rangeLength: 0, text: closing }], 110);
        assert.equal(document.keys.length, typed.length, typed);
        assert.equal(document.typed, typed.length);
      }
    });

    it('counts a tag that comes by itself', () => {
      const document = new TypedDocument('<section>');
      document.apply([{ rangeOffset: 9, rangeLength: 0, text: '</section>' }]);
      assert.equal(document.count(EventKind.block), 1);
    });
  });

  it('counts a suggestion that is taken by what it adds to one key before it', () => {
    const document = new TypedDocument();
    document.type('c');
    document.replaceBefore(1, 'const');
    assert.deepEqual(document.keys.at(-1), { kind: EventKind.unknown, inserted: 4, deleted: 0 });
    document.type('con');
    document.replaceBefore(3, 'console');
    assert.deepEqual(document.keys.at(-1), { kind: EventKind.replace, inserted: 7, deleted: 3 });
  });
});
