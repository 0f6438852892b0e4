import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { countGraphemes } from '../../src/tracking/edits/graphemes.ts';
import { pause, waitFor } from '../support/waitFor.ts';
import { dictate } from './dictation.ts';
import { hands } from './hands.ts';
import { roundTrip, type HeardEdit } from './recordedEvents.ts';
import { caret, useDesk, type Desk } from './ways/desk.ts';

/** Longer than the parts of one key lie apart, and as short as a quick hand's. */
const betweenKeysMs = 25;

const key: HeardEdit = { kind: 'insert', insertedChars: 1, deletedChars: 0 };

/** What one key does, with real keys and an input method, as VS Code's own rules for languages have it. */
describe('One key in the editor', () => {
  let desk: Desk;
  useDesk((made) => {
    desk = made;
  });

  const press =
    (...keys: readonly string[]) =>
    async (): Promise<void> => {
      for (const each of keys) {
        await hands.press(each);
        await pause(betweenKeysMs);
      }
    };

  /** Shows these texts one after the other, as an input method does, and takes over the last. */
  const compose = async (shown: readonly string[]): Promise<void> => {
    for (const text of shown) {
      await hands.compose(text);
      await pause(betweenKeysMs);
    }
    await hands.commit(shown.at(-1) ?? '');
    await pause(betweenKeysMs);
  };

  it('is one for characters of several code units', async () => {
    const editor = await desk.open();
    const characters = [
      '👨‍👩‍👧‍👦',
      '🇯🇵',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      'e\u0301',
      '\u{20bb7}',
      'ที่',
    ];
    const heard = await desk.heard(async () => {
      for (const character of characters) {
        await hands.commit(character);
        await pause(betweenKeysMs);
      }
    });
    assert.deepEqual(
      heard,
      characters.map(() => key),
    );
    // Letters that one key joins come one after the other: one key, and as many characters.
    const joined = await desk.heard(() => hands.commit('لا'));
    assert.deepEqual(joined, [{ ...key, insertedChars: 2 }]);
    assert.equal(editor.document.getText(), `${characters.join('')}لا`);
  });

  /** Where, in what, which keys, and what comes of it. */
  const cases: readonly [string, string, vscode.Selection, string, readonly string[], string][] = [
    ['Tab of eight blanks', 'py', caret(0, 0), 'abc\n', ['Tab'], '        abc\n'],
    [
      'Enter in a // comment',
      'js',
      caret(0, 12),
      '    // some words\n',
      ['Enter'],
      '    // some \n    // words\n',
    ],
    [
      'Enter in a comment of documentation',
      'js',
      caret(0, 9),
      '/** words\n',
      ['Enter', 'Enter'],
      '/** words\n * \n * \n',
    ],
    [
      'Enter that trims a deep indent',
      'js',
      caret(1, 12),
      `{\n${' '.repeat(24)}a()\n}\n`,
      ['Enter'],
      `{\n${' '.repeat(12)}\n    a()\n}\n`,
    ],
    [
      'Enter that takes back the indent before',
      'js',
      caret(0, 14),
      'function f() {\n',
      ['Enter', 'Enter'],
      'function f() {\n\n    \n',
    ],
    ['Enter between brackets', 'js', caret(0, 1), '{}\n', ['Enter'], '{\n    \n}\n'],
    ['a bracket that closes itself', 'js', caret(0, 0), '\n', ['('], '()\n'],
    [
      'a selection set in brackets',
      'js',
      new vscode.Selection(0, 0, 0, 3),
      'one two\n',
      ['('],
      '(one) two\n',
    ],
  ];
  for (const [name, extension, at, before, keys, after] of cases) {
    it(`is one for ${name}`, async () => {
      const editor = await desk.open(before, [at], extension);
      editor.options = {
        tabSize: name.includes('eight') ? 8 : 4,
        indentSize: 'tabSize',
        insertSpaces: true,
      };
      const heard = await desk.heard(async () => {
        for (const each of keys) {
          await press(each)();
          // In a line that has just come a busy editor doesn't always keep its rules yet: two quick Enters gave no second star.
          await roundTrip();
        }
      });
      assert.deepEqual(
        heard,
        keys.map(() => key),
      );
      assert.equal(editor.document.getText(), after);
    });
  }

  it('is one for a bracket typed over the one that the editor set', async () => {
    await desk.open('\n', [caret(0, 0)], 'js');
    const heard = await desk.heard(press('(', ')'));
    assert.deepEqual(heard, [key, { kind: 'replace', insertedChars: 1, deletedChars: 1 }]);
  });

  it('types nothing and deletes nothing where lines are moved or become comments', async () => {
    const text = 'callThis();\nif (a) {\n    b();\n}\n';
    const editor = await desk.open(text, [caret(0, 2)], 'js');
    const heard = await desk.heard(
      press('Alt+ArrowDown', 'Alt+ArrowDown', 'Alt+ArrowUp', 'Control+/', 'Alt+ArrowUp'),
    );
    assert.equal(heard.length, 5);
    for (const { kind, insertedChars, deletedChars } of heard) {
      assert.ok(kind === 'replace' || kind === 'unknown', kind);
      assert.deepEqual([insertedChars, deletedChars], [0, 0]);
    }
    assert.ok(editor.document.getText().includes('// callThis();'));
  });

  it('leaves out the tag that the editor closes', async () => {
    const editor = await desk.open('', [caret(0, 0)], 'html');
    const { document } = editor;
    await waitFor('the extension that closes tags', async () => {
      await hands.type('\n<b>', betweenKeysMs);
      await pause(1_000);
      return document.getText().includes('</b>');
    });
    await press('Control+End', 'Enter')();
    const heard = await desk.heard(async () => {
      await hands.type('<section>', betweenKeysMs);
      await desk.until(document, (text) => text.includes('</section>'));
    });
    assert.deepEqual(
      heard,
      Array.from('<section>', () => key),
    );
  });

  const compositions: Readonly<Record<string, readonly (readonly string[])[]>> = {
    Japanese: [
      ['n', 'に', 'にh', 'にほ', 'にほn', 'にほん', 'にほんg', 'にほんご', '日本語'],
      [
        'd',
        'で',
        'でk',
        'でか',
        'でかk',
        'でかき',
        'でかきm',
        'でかきま',
        'でかきます',
        '書きます',
      ],
    ],
    Chinese: [['z', 'zh', 'zho', 'zhon', 'zhong', 'zhong g', 'zhong gu', 'zhong guo', '中国']],
    Korean: [
      ['ㅎ', '하', '한'],
      ['ㄱ', '구', '국'],
    ],
    'accents by dead keys and by holding': [
      ['´', 'é'],
      ['a', 'ä'],
    ],
  };
  for (const [name, words] of Object.entries(compositions)) {
    it(`counts ${name} key by key, and the characters that stay, at one caret and at several`, async () => {
      for (const carets of [[caret(0, 0)], [caret(0, 0), caret(1, 0), caret(2, 1)]]) {
        const before = 'a\nb\nc\n';
        const editor = await desk.open(before, carets);
        const heard = await desk.heard(async () => {
          for (const shown of words) {
            await compose(shown);
          }
        });
        const left = countGraphemes(editor.document.getText()) - before.length;
        assert.equal(typedIn(heard), left / carets.length);
        assert.ok(heard.every(({ kind }) => kind === 'insert'));
        assert.ok(heard.length >= words.flat().length, `${heard.length} keys`);
      }
    });
  }

  it('counts a composition that is given up, and one over a selection, by what stays', async () => {
    const editor = await desk.open('some words\n', [caret(0, 10)]);
    const heard = await desk.heard(async () => {
      for (const text of ['n', 'に', 'にh', 'にほ', '']) {
        await hands.compose(text);
        await pause(betweenKeysMs);
      }
    });
    assert.equal(typedIn(heard), 0);
    assert.ok(heard.every(({ kind }) => kind === 'insert'));
    await desk.moveTo(editor, [new vscode.Selection(0, 0, 0, 4)]);
    const over = await desk.heard(() => compose(['k', 'か', 'かk', 'かき', '書き']));
    assert.equal(typedIn(over), 2);
    assert.equal(editor.document.getText(), '書き words\n');
  });

  it('counts compositions in the cell of a notebook', async () => {
    const notebook = await desk.openNotebook(['x = 1\n']);
    const cell = await desk.editCell(notebook, 0);
    const heard = await desk.heard(async () => {
      await hands.type('ab', betweenKeysMs);
      await compose(['k', 'か', 'かn', 'かん', 'かんj', 'かんじ', '漢字']);
    });
    assert.ok(cell.getText().startsWith('ab漢字'), cell.getText());
    assert.equal(typedIn(heard), 4);
    assert.ok(heard.every(({ kind }) => kind === 'insert'));
  });

  it('takes a dictated sentence for a block, and no character of it for typed', async () => {
    await desk.open();
    const said = 'what somebody said to the computer';
    const heard = await dictate(desk, said);
    assert.deepEqual(heard, [{ kind: 'block', insertedChars: said.length, deletedChars: 0 }]);
  });

  it('keeps keys apart that a busy editor hands on together', async () => {
    await desk.open();
    const text = 'typed while all waits';
    const heard = await desk.heard(async () => {
      const typing = hands.type(text, 10);
      await pause(30);
      const endMs = performance.now() + 300;
      while (performance.now() < endMs) {
        // Holds up the extension host, as a busy extension does.
      }
      await typing;
    });
    assert.deepEqual(
      heard,
      Array.from(text, () => key),
    );
  });
});

/** Characters that count as typed, less those that a conversion took back. */
function typedIn(heard: readonly HeardEdit[]): number {
  return heard.reduce((sum, { kind, insertedChars, deletedChars }) => {
    if (kind === 'insert') {
      return sum + insertedChars - deletedChars;
    }
    return kind === 'replace' ? sum + insertedChars : sum;
  }, 0);
}
