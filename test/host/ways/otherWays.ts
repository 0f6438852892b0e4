import * as vscode from 'vscode';
import { waitFor } from '../../support/waitFor.ts';
import { hands } from '../hands.ts';
import { growing, roundTrip, typeText } from '../recordedEvents.ts';
import { applyAsAgent, caret, type Desk } from './desk.ts';
import type { WayGroup } from './way.ts';

/** Writes text in small pieces, as agents stream it. */
async function stream(document: vscode.TextDocument, line: number): Promise<void> {
  let character = 0;
  for (const piece of ['const', ' a', ' =', ' 1', ';', '\n']) {
    await applyAsAgent(document, line, character, piece);
    character += piece.length;
  }
}

/** What other programs and extensions do. */
export const otherWays: WayGroup = {
  title: 'Agents and other extensions',
  ways: [
    {
      name: 'An agent writes elsewhere in the document in front, in small pieces',
      attempt: async (desk) => {
        const { document } = await desk.open('\nwords\n', [caret(1, 2)]);
        return desk.heard(() => stream(document, 0));
      },
    },
    {
      name: 'An agent writes at the caret, in small pieces',
      attempt: async (desk) => {
        const { document } = await desk.open('\nwords\n', [caret(0, 0)]);
        return desk.heard(() => stream(document, 0));
      },
    },
    {
      name: 'An agent writes at the caret, one character at a time',
      attempt: async (desk) => {
        const editor = await desk.open('');
        return desk.heard(async () => {
          for (const character of 'const') {
            await editor.edit((edit) => {
              edit.insert(editor.selection.active, character);
            });
          }
        });
      },
    },
    {
      name: 'An agent writes a block at the caret',
      attempt: async (desk) => {
        const { document } = await desk.open('');
        return desk.heard(() => applyAsAgent(document, 0, 0, 'several lines\nof text\n'));
      },
    },
    {
      name: 'A person types while an agent writes in the same document',
      typedChars: 6,
      attempt: async (desk) => {
        const { document } = await desk.open('\nwords\n', [caret(1, 2)]);
        return desk.heard(() => Promise.all([stream(document, 0), hands.type('person', 15)]));
      },
    },
    {
      name: 'An agent edits a document behind',
      attempt: async (desk) => {
        const behind = await desk.openBehind('\n');
        return desk.heard(() => stream(behind, 0));
      },
    },
    {
      name: 'An agent edits a document behind a chat panel or another page',
      attempt: async (desk) => {
        const { document } = await desk.open('\n');
        desk.openPage();
        await waitFor('the page in front', () => vscode.window.activeTextEditor === undefined);
        return desk.heard(() => stream(document, 0));
      },
    },
    {
      name: 'An agent edits a document while the settings are in front',
      attempt: async (desk) => {
        const { document } = await desk.open('\n');
        await vscode.commands.executeCommand('workbench.action.openSettings2');
        await waitFor('the settings', () => vscode.window.activeTextEditor === undefined);
        return desk.heard(() => stream(document, 0));
      },
    },
    {
      name: 'An agent edits many files at once',
      attempt: async (desk) => {
        const documents: vscode.TextDocument[] = [];
        for (let file = 0; file < 5; file += 1) {
          documents.push((await desk.open('old\n')).document);
        }
        desk.openPage();
        await waitFor('the page', () => vscode.window.activeTextEditor === undefined);
        return desk.heard(async () => {
          const edit = new vscode.WorkspaceEdit();
          for (const { uri } of documents) {
            edit.replace(uri, new vscode.Range(0, 0, 0, 3), 'new');
          }
          await vscode.workspace.applyEdit(edit);
        });
      },
    },
    {
      name: 'The document in the other of two editors side by side',
      attempt: async (desk) => {
        const { document } = await desk.open('\n');
        await vscode.commands.executeCommand('workbench.action.splitEditor');
        await desk.open('in front\n');
        return desk.heard(() => stream(document, 0));
      },
    },
    {
      name: 'A page of a custom text editor writes its document, in front',
      attempt: async (desk) => {
        const { document } = await desk.open('# A title\n', [caret(0, 0)], 'md');
        await vscode.commands.executeCommand(
          'vscode.openWith',
          document.uri,
          'vscode.markdown.preview.editor',
        );
        await waitFor(
          'the custom editor',
          () =>
            vscode.window.activeTextEditor === undefined &&
            vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof
              vscode.TabInputCustom,
        );
        return desk.heard(() => stream(document, 0));
      },
    },
    {
      name: "The command `type`, with which extensions pass on a person's keys",
      attempt: async (desk) => {
        await desk.open();
        return desk.heard(() => typeText('flow'));
      },
    },
    {
      name: 'A Vim extension, inserting',
      typedChars: 4,
      attempt: async (desk) => {
        await desk.open();
        desk.use(
          vscode.commands.registerCommand('type', (args: unknown) =>
            vscode.commands.executeCommand('default:type', args),
          ),
        );
        return desk.heard(async () => {
          await hands.type('flow', 30);
          await waitFor(
            'the keys',
            () => vscode.window.activeTextEditor?.document.getText() === 'flow',
          );
        });
      },
    },
    {
      name: 'A Vim extension: `x` and `dd`',
      attempt: async (desk) => {
        const editor = await desk.open('one\ntwo\nthree\n', [caret(1, 1)]);
        const remove = (range: () => vscode.Range): Promise<unknown> =>
          Promise.resolve(
            editor.edit((edit) => {
              edit.delete(range());
            }),
          );
        return desk.heard(async () => {
          const { active } = editor.selection;
          await remove(() => new vscode.Range(active, active.translate(0, 1)));
          await roundTrip();
          await new Promise((resolve) => setTimeout(resolve, 200));
          await remove(() => new vscode.Range(1, 0, 2, 0));
        });
      },
    },
  ],
};

/** What comes from the disk, and what is no document to work on. */
export const outsideWays: WayGroup = {
  title: 'From outside',
  ways: [
    {
      name: 'A file in front changes on the disk (a tool, `git checkout`)',
      attempt: async (desk) => {
        const { document } = await desk.open('one\ntwo\nthree\n', [caret(1, 1)]);
        return desk.heard(() => desk.changeOnDisk(document, 'one\nfour five six seven\n'));
      },
    },
    {
      name: 'A file behind changes on the disk',
      attempt: async (desk) => {
        const behind = await desk.openBehind('one\n');
        return desk.heard(() => desk.changeOnDisk(behind, 'two lines\nof text\n'));
      },
    },
    {
      name: 'Letters in the right side of a comparison',
      typedChars: 4,
      attempt: async (desk) => {
        const left = await desk.open('one\n');
        const right = await desk.open('two\n');
        const sides = [left.document.uri, right.document.uri];
        await vscode.commands.executeCommand('vscode.diff', ...sides);
        await vscode.commands.executeCommand('workbench.action.compareEditor.focusPrimarySide');
        await waitFor(
          'the right side in front',
          () => vscode.window.activeTextEditor?.document === right.document,
        );
        await roundTrip();
        return desk.heard(() => hands.type('flow', 20));
      },
    },
    {
      name: 'An output panel grows',
      attempt: async (desk) => {
        await desk.open();
        const channel = vscode.window.createOutputChannel('Ways');
        desk.use(channel);
        return desk.heard(async () => {
          await growing(channel);
          await vscode.commands.executeCommand('workbench.action.closePanel');
        });
      },
    },
    {
      name: 'A message is typed into the box of source control, or a search',
      attempt: async (desk) => {
        await desk.open();
        await vscode.commands.executeCommand('actions.find');
        await hands.see('.find-widget.visible :focus');
        return desk.heard(async () => {
          await hands.type('words', 20);
          await vscode.commands.executeCommand('closeFindWidget');
        });
      },
    },
  ],
};

async function typeInCell(desk: Desk): Promise<void> {
  const notebook = await desk.openNotebook(['', 'a = 1']);
  await desk.editCell(notebook, 0);
}

/** The same in notebooks. */
export const notebookWays: WayGroup = {
  title: 'Notebooks',
  ways: [
    {
      name: 'Keys in a cell',
      typedChars: 4,
      attempt: async (desk) => {
        await typeInCell(desk);
        return desk.heard(() => hands.type('flow', 30));
      },
    },
    {
      name: 'Backspace and Enter in a cell',
      attempt: async (desk) => {
        await typeInCell(desk);
        await hands.type('flow', 30);
        await roundTrip();
        return desk.heard(async () => {
          await hands.press('Backspace');
          await hands.press('Enter');
        });
      },
    },
    {
      name: "A formatter of a notebook's cells at save",
      attempt: async (desk) => {
        const twelve = Array.from({ length: 12 }, (_, at) => `a = ${at}`);
        const notebook = await desk.openNotebookFile(twelve);
        await desk.set('notebook', 'formatOnSave.enabled', true);
        desk.use(
          vscode.languages.registerDocumentFormattingEditProvider(
            { language: 'python' },
            {
              provideDocumentFormattingEdits: () => [
                vscode.TextEdit.insert(new vscode.Position(0, 0), '# formatted\n'),
              ],
            },
          ),
        );
        const cell = await desk.editCell(notebook, 0);
        await hands.press('x');
        // Dirty, as there is nothing to save otherwise.
        await desk.until(cell, (text) => text.startsWith('x'));
        return desk.heard(async () => {
          await notebook.save();
          await desk.until(notebook.cellAt(11).document, (text) => text.startsWith('# form'));
        });
      },
    },
    {
      name: 'An agent writes a cell of the notebook in front',
      attempt: async (desk) => {
        const notebook = await desk.openNotebook(['', 'a = 1']);
        return desk.heard(() => applyAsAgent(notebook.cellAt(0).document, 0, 0, 'x'));
      },
    },
    {
      name: 'An agent writes a cell of a notebook behind',
      attempt: async (desk) => {
        const notebook = await desk.openNotebook(['']);
        await desk.open('in front\n');
        return desk.heard(() =>
          applyAsAgent(notebook.cellAt(0).document, 0, 0, 'a whole block of text'),
        );
      },
    },
  ],
};
