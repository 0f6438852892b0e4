import * as vscode from 'vscode';
import { dictate } from '../dictation.ts';
import { hands } from '../hands.ts';
import { roundTrip } from '../recordedEvents.ts';
import { caret, type Desk } from './desk.ts';
import type { Way, WayGroup } from './way.ts';

/** Presses keys in a file with this text, with a caret at a place of it. */
function pressing(
  name: string,
  keys: readonly string[],
  text = 'some words\n',
  carets: readonly vscode.Selection[] = [caret(0, 4)],
  extension = 'txt',
  before: readonly string[] = [],
): Way {
  const press = async (chords: readonly string[]): Promise<void> => {
    for (const chord of chords) {
      await hands.press(chord);
    }
  };
  return {
    name,
    attempt: async (desk) => {
      const { document } = await desk.open(text, carets, extension);
      await press(before);
      await roundTrip();
      const was = document.getText();
      return desk.heard(async () => {
        await press(keys);
        // The editor takes some keys in later, such as those of the clipboard.
        await desk.until(document, (now) => now !== was);
      });
    },
  };
}

const eachLine = [caret(0, 0), caret(1, 0), caret(2, 0)];
const lines = 'one\ntwo\nthree\n';

async function inBrackets(desk: Desk): Promise<void> {
  await desk.set('editor', 'autoClosingBrackets', 'always');
  await desk.set('editor', 'autoIndent', 'full');
  await desk.open('\n', [caret(0, 0)], 'json');
}

/** Keys that people press, as the editor takes them. */
export const keyWays: WayGroup = {
  title: 'Keys',
  ways: [
    {
      name: 'Letters are typed',
      typedChars: 4,
      attempt: async (desk) => {
        await desk.open();
        return desk.heard(() => hands.type('flow', 5));
      },
    },
    {
      name: 'Letters are typed over the end of a wrapped line',
      typedChars: 33,
      attempt: async (desk) => {
        await desk.set('editor', 'wordWrap', 'wordWrapColumn');
        await desk.set('editor', 'wordWrapColumn', 20);
        await desk.open();
        return desk.heard(() => hands.type('eighteen letters and more of them', 5));
      },
    },
    {
      name: 'Letters are typed in a line wider than the window',
      typedChars: 4,
      attempt: async (desk) => {
        await desk.open('x'.repeat(400), [caret(0, 400)]);
        return desk.heard(() => hands.type('wide', 5));
      },
    },
    {
      name: 'Letters are typed at the foot of the window, which scrolls',
      typedChars: 5,
      attempt: async (desk) => {
        await desk.open('line\n'.repeat(200), [caret(199, 4)]);
        return desk.heard(() => hands.type('a\nb\nc', 5));
      },
    },
    pressing('Enter', ['Enter']),
    pressing('Enter in an indented line', ['Enter'], '    some words\n', [caret(0, 8)]),
    pressing('Tab', ['Tab']),
    pressing('Backspace', ['Backspace']),
    pressing('Delete', ['Delete']),
    pressing('Ctrl+Backspace, which deletes a word', ['Control+Backspace']),
    pressing('A key over a selection', ['x'], 'some words\n', [new vscode.Selection(0, 0, 0, 4)]),
    pressing('Backspace over a selection', ['Backspace'], 'some words\n', [
      new vscode.Selection(0, 0, 0, 4),
    ]),
    {
      name: 'A bracket that the editor closes',
      attempt: async (desk) => {
        await inBrackets(desk);
        return desk.heard(() => hands.press('{'));
      },
    },
    {
      name: 'Enter between brackets',
      attempt: async (desk) => {
        await inBrackets(desk);
        await hands.press('{');
        return desk.heard(() => hands.press('Enter'));
      },
    },
    {
      name: 'A closing bracket over the one that the editor put there',
      attempt: async (desk) => {
        await inBrackets(desk);
        await hands.press('{');
        return desk.heard(() => hands.press('}'));
      },
    },
    {
      name: 'A closing bracket that the editor moves out',
      attempt: async (desk) => {
        await desk.set('editor', 'autoIndent', 'full');
        await desk.open('{\n    \n', [caret(1, 4)], 'json');
        return desk.heard(() => hands.press('}'));
      },
    },
    pressing('A key at several cursors', ['x'], lines, eachLine),
    pressing('Enter at several cursors', ['Enter'], lines, eachLine),
    pressing('Backspace at several cursors', ['Backspace'], lines, [caret(0, 1), caret(1, 1)]),
    pressing('Tab over several lines, which indents them', ['Tab'], lines, [
      new vscode.Selection(0, 0, 2, 2),
    ]),
    pressing('Ctrl+Enter, which begins a line below', ['Control+Enter']),
    pressing('Ctrl+Shift+K, which deletes a line', ['Control+Shift+K'], lines),
    pressing('Alt+Down, which moves a line', ['Alt+ArrowDown'], lines),
    {
      name: 'A line is copied down',
      attempt: async (desk) => {
        await desk.open(lines, [caret(0, 1)]);
        return desk.heard(() =>
          Promise.resolve(vscode.commands.executeCommand('editor.action.copyLinesDownAction')),
        );
      },
    },
    pressing('Ctrl+/, which makes a comment', ['Control+/'], 'let a;\n', [caret(0, 3)], 'js'),
    pressing('Undo', ['Control+z'], undefined, undefined, undefined, ['x']),
    pressing('Redo', ['Control+Shift+z'], undefined, undefined, undefined, ['x', 'Control+z']),
    pressing('Cut', ['Control+x'], 'some words\n', [new vscode.Selection(0, 0, 0, 4)]),
    {
      name: 'Paste of a line',
      attempt: async (desk) => {
        const copied = 'a line to copy\n\n';
        const { document } = await desk.open(copied, [new vscode.Selection(0, 0, 0, 14)]);
        await hands.press('Control+c');
        await hands.press('ArrowDown');
        return desk.heard(async () => {
          await hands.press('Control+v');
          await desk.until(document, (text) => text !== copied);
        });
      },
    },
    {
      name: 'A word dragged with the mouse',
      attempt: async (desk) => {
        const editor = await desk.open('dragged\n\nhere\n', [new vscode.Selection(0, 0, 0, 7)]);
        return desk.heard(async () => {
          await hands.drag('dragged', 'here');
          await desk.until(editor.document, (text) => !text.startsWith('dragged'));
        });
      },
    },
    {
      name: 'Letters while the file saves itself after 50 ms',
      typedChars: 12,
      attempt: async (desk) => {
        const editor = await desk.open();
        await desk.set('files', 'autoSaveDelay', 50);
        await desk.set('files', 'autoSave', 'afterDelay');
        return desk.heard(async () => {
          await hands.type('flow goes on', 70);
          await desk.until(editor.document, (text) => text === 'flow goes on');
        });
      },
    },
    {
      name: 'Letters at several cursors while the file saves itself',
      typedChars: 12,
      attempt: async (desk) => {
        await desk.open(lines, eachLine);
        await desk.set('files', 'autoSaveDelay', 200);
        await desk.set('files', 'autoSave', 'afterDelay');
        return desk.heard(() => hands.type('flow goes on', 120));
      },
    },
  ],
};

/** Ways of writing what no single key is for. */
export const inputMethodWays: WayGroup = {
  title: 'Input methods',
  ways: [
    {
      name: 'An accent by a dead key',
      typedChars: 1,
      attempt: async (desk) => {
        await desk.open();
        return desk.heard(async () => {
          await hands.compose('´');
          await hands.commit('é');
        });
      },
    },
    composing('Japanese, composed and converted', [
      ...['k', 'か', 'かn', 'かん', 'かんj', 'かんじ', '漢字'],
    ]),
    composing('Chinese by pinyin', ['n', 'ni', 'nih', 'niha', 'nihao', '你好']),
    composing('Korean', ['ㅎ', '하', '한']),
    {
      name: 'Japanese while the file saves itself',
      typedChars: 2,
      attempt: async (desk) => {
        const composition = composing(
          '',
          ['k', 'か', 'かn', 'かん', 'かんj', 'かんじ', '漢字'],
          120,
        );
        await desk.set('files', 'autoSaveDelay', 50);
        await desk.set('files', 'autoSave', 'afterDelay');
        return composition.attempt(desk);
      },
    },
    {
      name: 'An emoji from a picker',
      attempt: async (desk) => {
        await desk.open();
        return desk.heard(() => hands.commit('🙂'));
      },
    },
    {
      name: 'Dictated words',
      attempt: async (desk) => {
        await desk.open();
        return dictate(desk, 'several words at once');
      },
    },
  ],
};

function composing(name: string, steps: readonly string[], pauseMs = 0): Way {
  return {
    name,
    typedChars: steps.at(-1)?.length ?? 0,
    attempt: async (desk) => {
      await desk.open();
      return desk.heard(async () => {
        for (const step of steps) {
          await hands.compose(step);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
        await hands.commit(steps.at(-1) ?? '');
        await roundTrip();
      });
    },
  };
}
