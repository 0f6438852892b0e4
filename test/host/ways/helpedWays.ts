import * as vscode from 'vscode';
import { waitFor } from '../../support/waitFor.ts';
import { hands } from '../hands.ts';
import { roundTrip, type HeardEdit } from '../recordedEvents.ts';
import { caret, type Desk } from './desk.ts';
import type { Way, WayGroup } from './way.ts';

const plain = { language: 'plaintext' };

/** Offers one completion, and takes it with a key. */
function completing(name: string, key: string, insertText: string, commitCharacter = ';'): Way {
  return {
    name,
    attempt: async (desk) => {
      await desk.set('editor', 'quickSuggestions', {
        other: 'off',
        comments: 'off',
        strings: 'off',
      });
      desk.use(
        vscode.languages.registerCompletionItemProvider(plain, {
          provideCompletionItems: () => {
            const item = new vscode.CompletionItem(insertText);
            item.commitCharacters = [commitCharacter];
            item.preselect = true;
            return [item];
          },
        }),
      );
      const editor = await desk.open(insertText.slice(0, 2), [caret(0, 2)]);
      const heard = await desk.heard(async () => {
        await vscode.commands.executeCommand('editor.action.triggerSuggest');
        // Before, the key would be the text's.
        await hands.see('.suggest-widget.visible .monaco-list-row.focused');
        await hands.press(key);
        // A commit character is typed behind what it takes.
        const typed = key.length === 1 ? key : '';
        await desk.until(editor.document, (text) => text.startsWith(insertText + typed));
      });
      // A commit character is a part of the completion when it comes at once, and else the key that it is: that depends
      // on how busy the editor is. What is asked here is what becomes of the completion.
      const isCommit = ({ kind, insertedChars }: HeardEdit): boolean =>
        key.length === 1 && kind === 'insert' && insertedChars === 1;
      return heard.filter((edit) => !isCommit(edit));
    },
  };
}

async function atTheEnd(desk: Desk, text: string, extension = 'txt'): Promise<vscode.TextEditor> {
  return desk.open(text, [caret(0, text.length)], extension);
}

/** What the editor and its language servers write when a person asks for it, or as they type. */
export const helpedWays: WayGroup = {
  title: 'Text that the editor helps with',
  ways: [
    completing('A short completion, taken with Tab', 'Tab', 'flowing'),
    completing('A long completion, taken with Enter', 'Enter', 'flowingWaterTurnsWheels'),
    completing('A completion, taken with a commit character', ';', 'flowingWaterTurnsWheels'),
    {
      name: "An assistant's suggestion at the caret (ghost text), taken with Tab",
      attempt: async (desk) => {
        desk.use(
          vscode.languages.registerInlineCompletionItemProvider(plain, {
            provideInlineCompletionItems: (_document, position) => [
              new vscode.InlineCompletionItem(
                ' water turns the wheel',
                new vscode.Range(position, position),
              ),
            ],
          }),
        );
        await desk.set('editor', 'inlineSuggest.enabled', true);
        const editor = await atTheEnd(desk, 'flowing');
        return desk.heard(() =>
          waitFor('the suggestion', async () => {
            await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
            await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
            await roundTrip();
            return editor.document.getText().includes('wheel');
          }),
        );
      },
    },
    {
      name: "Letters while an assistant's suggestion of several lines comes and goes",
      typedChars: 12,
      attempt: async (desk) => {
        let asked = 0;
        desk.use(
          vscode.languages.registerInlineCompletionItemProvider(plain, {
            provideInlineCompletionItems: (_document, position) => {
              asked += 1;
              return [
                new vscode.InlineCompletionItem(
                  ` turns\nthe wheel\n${'and stones\n'.repeat(asked % 3)}`,
                  new vscode.Range(position, position),
                ),
              ];
            },
          }),
        );
        await desk.set('editor', 'inlineSuggest.enabled', true);
        await atTheEnd(desk, '');
        return desk.heard(async () => {
          await hands.type('flow goes on', 250);
          await waitFor('the suggestion to be asked for', () => asked > 0);
        });
      },
    },
    {
      name: 'A snippet',
      attempt: async (desk) => {
        const editor = await desk.open();
        return desk.heard(() =>
          Promise.resolve(
            editor.insertSnippet(new vscode.SnippetString('for each ${1:of} many $1 items')),
          ),
        );
      },
    },
    {
      name: "Letters in a snippet's place, which another mirrors",
      attempt: async (desk) => {
        const editor = await desk.open();
        await editor.insertSnippet(new vscode.SnippetString('for ${1:of} many $1 items'));
        return desk.heard(() => hands.type('xy', 20));
      },
    },
    {
      name: 'A letter in a tag whose other end is edited with it',
      attempt: async (desk) => {
        await desk.set('editor', 'linkedEditing', true);
        desk.use(
          vscode.languages.registerLinkedEditingRangeProvider(plain, {
            provideLinkedEditingRanges: (document) =>
              new vscode.LinkedEditingRanges(
                [...document.getText().matchAll(/[a-z]+/g)].map(
                  ({ index, 0: word }) => new vscode.Range(0, index, 0, index + word.length),
                ),
              ),
          }),
        );
        const editor = await desk.open('<tag></tag>', [caret(0, 4)]);
        return desk.heard(() =>
          waitFor('the other end', async () => {
            await hands.press('s');
            await roundTrip();
            return /<(tags+)><\/\1>/.test(editor.document.getText());
          }),
        );
      },
    },
    {
      name: 'Rename symbol',
      attempt: async (desk) => {
        const behind = await desk.open('name name\n');
        const editor = await desk.open('name here\nname there\n', [caret(1, 2)]);
        desk.use(
          vscode.languages.registerRenameProvider(plain, {
            provideRenameEdits: (document, _position, newName) => {
              const edit = new vscode.WorkspaceEdit();
              edit.replace(document.uri, new vscode.Range(0, 0, 0, 4), newName);
              edit.replace(document.uri, new vscode.Range(1, 0, 1, 4), newName);
              edit.replace(behind.document.uri, new vscode.Range(0, 0, 0, 4), newName);
              return edit;
            },
          }),
        );
        // A refactoring saves what it changed.
        const untilSaved = desk.watchSaves(editor.document, behind.document);
        return desk.heard(async () => {
          // Ends with the rename, which waits for a name.
          const renamed = vscode.commands.executeCommand('editor.action.rename', [
            editor.document.uri,
            new vscode.Position(1, 2),
          ]);
          await hands.see('.rename-box input:focus');
          await hands.type('title', 10);
          await hands.press('Enter');
          await renamed;
          await desk.until(behind.document, (text) => text !== 'name name\n');
          await untilSaved();
        });
      },
    },
    {
      name: 'Replace all of a search',
      attempt: async (desk) => {
        const editor = await desk.open('old old\nold\n');
        return desk.heard(async () => {
          await vscode.commands.executeCommand('editor.actions.findWithArgs', {
            searchString: 'old',
            replaceString: 'young',
          });
          await vscode.commands.executeCommand('editor.action.replaceAll');
          await desk.until(editor.document, (text) => !text.includes('old'));
          await vscode.commands.executeCommand('closeFindWidget');
        });
      },
    },
    {
      name: 'Format document',
      attempt: async (desk) => {
        desk.use(formatter());
        const editor = await desk.open('body\nbody\n', [caret(1, 2)]);
        return desk.heard(async () => {
          await vscode.commands.executeCommand('editor.action.formatDocument');
          await desk.until(editor.document, (text) => text.includes('header'));
        });
      },
    },
    {
      name: 'Formatting as one types',
      attempt: async (desk) => {
        await desk.set('editor', 'formatOnType', true);
        desk.use(
          vscode.languages.registerOnTypeFormattingEditProvider(
            plain,
            {
              provideOnTypeFormattingEdits: (document) =>
                document.getText().startsWith('      ')
                  ? [vscode.TextEdit.replace(new vscode.Range(0, 0, 0, 6), '  ')]
                  : [],
            },
            ';',
          ),
        );
        const editor = await desk.open('      a word', [caret(0, 12)]);
        return desk.heard(() =>
          waitFor('the formatter', async () => {
            await hands.press(';');
            await roundTrip();
            return editor.document.getText().startsWith('  a');
          }),
        );
      },
    },
    {
      name: 'Sort lines',
      attempt: async (desk) => {
        await desk.open('c\nb\na\n', [new vscode.Selection(0, 0, 2, 1)]);
        return desk.heard(() =>
          Promise.resolve(vscode.commands.executeCommand('editor.action.sortLinesAscending')),
        );
      },
    },
  ],
};

/** Writes a header, or more, into every plain text. */
function formatter(
  edits?: (document: vscode.TextDocument) => vscode.TextEdit[],
): vscode.Disposable {
  return vscode.languages.registerDocumentFormattingEditProvider(plain, {
    provideDocumentFormattingEdits:
      edits ?? (() => [vscode.TextEdit.insert(new vscode.Position(0, 0), 'a formatted header\n')]),
  });
}

function saving(
  name: string,
  prepare: (desk: Desk) => Promise<void>,
  text: string,
  at: vscode.Selection,
  key = 'x',
): Way {
  return {
    name,
    attempt: async (desk) => {
      await prepare(desk);
      const editor = await desk.open(text, [at]);
      // Dirty, as there is nothing to save otherwise.
      await hands.press(key);
      await roundTrip();
      const typed = editor.document.getText();
      return desk.heard(() =>
        waitFor('what the save changes', async () => {
          // Again, where the editor was held up for so long that it saved without those who may still edit.
          const untilSaved = desk.watchSaves(editor.document);
          await hands.press('Control+s');
          await untilSaved();
          return editor.document.getText() !== typed;
        }),
      );
    },
  };
}

const onSave =
  (edits?: (document: vscode.TextDocument) => vscode.TextEdit[]) =>
  async (desk: Desk): Promise<void> => {
    await desk.set('editor', 'formatOnSave', true);
    desk.use(formatter(edits));
  };

/** What happens to a document while it is saved. */
export const savingWays: WayGroup = {
  title: 'Saving',
  ways: [
    saving('A formatter at save', onSave(), 'body\n', caret(0, 4)),
    saving(
      "A formatter's single semicolon at save",
      onSave((document) => [vscode.TextEdit.insert(document.lineAt(0).range.end, ';')]),
      'call()\n',
      caret(0, 6),
    ),
    saving(
      'Blanks trimmed at save',
      (desk) => desk.set('files', 'trimTrailingWhitespace', true),
      'one  \ntwo  \nthree\n',
      caret(2, 5),
    ),
    saving(
      'Blanks trimmed at the caret',
      (desk) => desk.set('files', 'trimTrailingWhitespace', true),
      'one\n',
      caret(0, 3),
      'Space',
    ),
    saving(
      'The final newline at save',
      (desk) => desk.set('files', 'insertFinalNewline', true),
      'word',
      caret(0, 4),
    ),
    saving(
      "A code action at save ('organize imports')",
      async (desk) => {
        await desk.set('editor', 'codeActionsOnSave', { 'source.organizeImports': 'explicit' });
        desk.use(
          vscode.languages.registerCodeActionsProvider(
            plain,
            {
              provideCodeActions: (document) => {
                const kind = vscode.CodeActionKind.SourceOrganizeImports;
                const action = new vscode.CodeAction('Organize', kind);
                action.edit = new vscode.WorkspaceEdit();
                action.edit.replace(document.uri, new vscode.Range(0, 0, 0, 1), 'A');
                return [action];
              },
            },
            { providedCodeActionKinds: [vscode.CodeActionKind.SourceOrganizeImports] },
          ),
        );
      },
      'b, a\nwords',
      caret(1, 5),
    ),
    saving(
      'An extension that edits before each save',
      (desk) => {
        desk.use(
          vscode.workspace.onWillSaveTextDocument((event) => {
            event.waitUntil(
              Promise.resolve([vscode.TextEdit.insert(new vscode.Position(0, 0), '!')]),
            );
          }),
        );
        return Promise.resolve();
      },
      'words\n',
      caret(0, 5),
    ),
  ],
};
