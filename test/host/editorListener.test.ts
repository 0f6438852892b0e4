import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitFor } from '../support/waitFor.ts';
import {
  closeEditors,
  growing,
  nextChange,
  openNewFile,
  RecordedEvents,
  roundTrip,
  showInFront,
  typeText,
} from './recordedEvents.ts';

/** What the listener hears of real edits in a real editor. */
describe('EditorListener', () => {
  let events: RecordedEvents;

  beforeEach(() => {
    events = new RecordedEvents();
  });

  afterEach(async () => {
    events.dispose();
    await closeEditors();
  });

  const kinds = async (work: () => Promise<unknown>): Promise<readonly string[]> =>
    (await events.during(work)).map(({ kind }) => kind);

  it('tells that somebody is there before it tells what they typed, as of nobody else', async () => {
    const order: string[] = [];
    const heard = new RecordedEvents({
      touch: () => order.push('touch'),
      edit: () => order.push('edit'),
    });
    try {
      const { document } = await openNewFile('touch.txt');
      await roundTrip();
      order.length = 0;
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), 'x');
      await vscode.workspace.applyEdit(edit);
      await roundTrip();
      heard.flush();
      assert.deepEqual(order, ['edit']);
      order.length = 0;
      await typeText('a');
      await waitFor('the key', () => order.includes('edit'));
      assert.deepEqual(order, ['touch', 'edit']);
    } finally {
      heard.dispose();
    }
  });

  describe('counts what a person does', () => {
    it('in a file, one edit for each key', async () => {
      await openNewFile('keys.txt');
      const heard = await events.during(() => typeText('flow'));
      assert.deepEqual(
        heard,
        Array.from({ length: 4 }, () => ({ kind: 'insert', insertedChars: 1, deletedChars: 0 })),
      );
    });

    it('in an untitled document', async () => {
      await showInFront(await vscode.workspace.openTextDocument({ content: '' }));
      assert.deepEqual(await kinds(() => typeText('ab')), ['insert', 'insert']);
    });

    it('in a notebook cell', async () => {
      const notebook = await vscode.workspace.openNotebookDocument(
        'jupyter-notebook',
        new vscode.NotebookData([
          new vscode.NotebookCellData(vscode.NotebookCellKind.Code, '', 'python'),
        ]),
      );
      await vscode.window.showNotebookDocument(notebook);
      await vscode.commands.executeCommand('notebook.cell.edit');
      const cell = notebook.cellAt(0).document;
      await waitFor('the cell', () => vscode.window.activeTextEditor?.document === cell);
      const heard = await events.during(() => typeText('x'));
      assert.deepEqual(heard, [{ kind: 'insert', insertedChars: 1, deletedChars: 0 }]);
    });

    it('with several cursors as one edit', async () => {
      const editor = await openNewFile('cursors.txt', 'one\ntwo\nthree\n');
      editor.selections = [0, 1, 2].map((line) => new vscode.Selection(line, 0, line, 0));
      const heard = await kinds(async () => {
        await typeText('-');
        editor.selection = new vscode.Selection(3, 0, 3, 0);
      });
      assert.deepEqual(heard, ['insert']);
      assert.equal(editor.document.getText(), '-one\n-two\n-three\n\u2603');
    });

    it('as a deletion', async () => {
      const editor = await openNewFile('delete.txt', 'abc');
      editor.selection = new vscode.Selection(0, 3, 0, 3);
      const heard = await events.during(() =>
        Promise.resolve(vscode.commands.executeCommand('deleteLeft')),
      );
      assert.deepEqual(heard, [{ kind: 'delete', insertedChars: 0, deletedChars: 1 }]);
    });

    it('as undo and redo, by the reason that VS Code gives', async () => {
      await openNewFile('undo.txt');
      const heard = await kinds(async () => {
        await typeText('a');
        await vscode.commands.executeCommand('undo');
        await vscode.commands.executeCommand('redo');
      });
      assert.deepEqual(heard, ['insert', 'undo', 'undo']);
    });

    it('as a block, when much comes at once', async () => {
      const editor = await openNewFile('block.txt');
      const heard = await events.during(() =>
        Promise.resolve(editor.insertSnippet(new vscode.SnippetString('for each of many items'))),
      );
      assert.deepEqual(heard, [{ kind: 'block', insertedChars: 22, deletedChars: 0 }]);
    });

    it('as one typed key, when the editor adds the closing bracket or the indent', async () => {
      const settings = vscode.workspace.getConfiguration('editor');
      await settings.update('autoClosingBrackets', 'always', true);
      await settings.update('autoIndent', 'full', true);
      try {
        await openNewFile('pair.json');
        const heard = await events.during(async () => {
          await typeText('{');
          await typeText('\n');
        });
        assert.deepEqual(
          heard.map(({ kind, insertedChars }) => [kind, insertedChars]),
          [
            ['insert', 1],
            ['insert', 1],
          ],
        );
      } finally {
        await settings.update('autoClosingBrackets', undefined, true);
        await settings.update('autoIndent', undefined, true);
      }
    });

    it('as a navigation, when the keyboard moves the cursor, and not when typing does', async () => {
      await openNewFile('navigate.txt', 'some words');
      await kinds(() => typeText('ab'));
      assert.equal(events.navigations, 0);
      await kinds(() =>
        Promise.resolve(vscode.commands.executeCommand('cursorRight', { source: 'keyboard' })),
      );
      assert.equal(events.navigations, 1);
    });
  });

  describe('passes over what no person typed', () => {
    it('an output channel', async () => {
      await openNewFile('front.txt');
      const channel = vscode.window.createOutputChannel('Listener test');
      try {
        const heard = await kinds(async () => {
          await growing(channel);
        });
        assert.deepEqual(heard, []);
      } finally {
        channel.dispose();
        await vscode.commands.executeCommand('workbench.action.closePanel');
      }
    });

    it('a virtual document, such as the git side of a diff', async () => {
      const changes = new vscode.EventEmitter<vscode.Uri>();
      let text = 'before';
      const provider = vscode.workspace.registerTextDocumentContentProvider('listener-test', {
        onDidChange: changes.event,
        provideTextDocumentContent: () => text,
      });
      try {
        const uri = vscode.Uri.parse('listener-test:/side.txt');
        await vscode.workspace.openTextDocument(uri);
        await openNewFile('front.txt');
        const heard = await kinds(async () => {
          const changed = nextChange((document) => document.uri.scheme === 'listener-test');
          text = 'quite another text, and longer';
          changes.fire(uri);
          await changed;
        });
        assert.deepEqual(heard, []);
      } finally {
        provider.dispose();
        changes.dispose();
      }
    });

    it('a read-only file system, as that of git is', () => {
      assert.notEqual(vscode.workspace.fs.isWritableFileSystem('git'), true);
    });

    it('a document that is not in front, as a rename or "replace all" changes it', async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder);
      const behind = await openNewFile('behind.txt', 'old name');
      await openNewFile('front.txt');
      const heard = await kinds(async () => {
        const edit = new vscode.WorkspaceEdit();
        edit.replace(behind.document.uri, new vscode.Range(0, 0, 0, 3), 'n');
        assert.ok(await vscode.workspace.applyEdit(edit));
      });
      assert.deepEqual(heard, []);
    });

    it('a changed dirty state, which comes without a change', async () => {
      const editor = await openNewFile('dirty.txt');
      await kinds(() => typeText('a'));
      let empty = 0;
      const registration = vscode.workspace.onDidChangeTextDocument(({ contentChanges }) => {
        empty += contentChanges.length === 0 ? 1 : 0;
      });
      try {
        const heard = await kinds(async () => {
          await editor.document.save();
          await waitFor('the empty event', () => empty > 0);
        });
        assert.deepEqual(heard, []);
      } finally {
        registration.dispose();
      }
    });

    it('a formatter at save', async () => {
      const settings = vscode.workspace.getConfiguration('editor');
      await settings.update('formatOnSave', true, true);
      const formatter = vscode.languages.registerDocumentFormattingEditProvider('plaintext', {
        provideDocumentFormattingEdits: (document) => [
          vscode.TextEdit.insert(document.positionAt(0), 'a formatted header\n'),
        ],
      });
      try {
        const editor = await openNewFile('format.txt', 'body');
        await kinds(() => typeText('a'));
        const heard = await kinds(async () => {
          await editor.document.save();
          await waitFor('the formatter', () =>
            editor.document.getText().includes('a formatted header'),
          );
        });
        assert.deepEqual(heard, []);
      } finally {
        formatter.dispose();
        await settings.update('formatOnSave', undefined, true);
      }
    });
  });

  it('never throws into VS Code, and says so once', async () => {
    const failing = new RecordedEvents({
      edit: () => {
        throw new Error('a failing part of ours');
      },
    });
    try {
      await openNewFile('failing.txt');
      assert.deepEqual(await kinds(() => typeText('abc')), ['insert', 'insert', 'insert']);
      assert.deepEqual(failing.log, ['An editor event could not be handled']);
    } finally {
      failing.dispose();
    }
  });
});
