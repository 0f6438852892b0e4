import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from '../../support/waitFor.ts';
import { hasHands } from '../hands.ts';
import {
  closeEditors,
  openNewFile,
  RecordedEvents,
  roundTrip,
  type HeardEdit,
} from '../recordedEvents.ts';

/** What VS Code gives for a registration, a panel, a channel. */
interface Registration {
  dispose(): unknown;
}

/** What one way of changing a document is tried with: files, settings, providers, and a listener that hears. */
export class Desk {
  readonly events = new RecordedEvents();
  readonly #registrations: Registration[] = [];
  readonly #settings = new Map<string, unknown>();
  readonly #learned = new Set<string>();

  /** Does something, and returns what the listener told of it once all of it has arrived. */
  async heard(work: () => Promise<unknown>): Promise<readonly HeardEdit[]> {
    await roundTrip();
    this.events.flush();
    this.events.edits.length = 0;
    await work();
    await roundTrip();
    this.events.flush();
    return this.events.edits.splice(0);
  }

  /** A new file in front, with the carets at these places. */
  async open(
    text = '',
    carets: readonly vscode.Selection[] = [caret(0, 0)],
    extension = 'txt',
  ): Promise<vscode.TextEditor> {
    await this.#learn(extension);
    const editor = await openNewFile(`way-${randomUUID()}.${extension}`, text);
    await this.moveTo(editor, carets);
    return editor;
  }

  /** Waits until the editor has the rules of a language, for brackets, comments and Enter: it loads them with its first file. */
  async #learn(extension: string): Promise<void> {
    if (extension === 'txt' || this.#learned.has(extension)) {
      return;
    }
    const { document } = await openNewFile(`language-${randomUUID()}.${extension}`, 'x');
    await waitFor('the rules of the language', async () => {
      await vscode.commands.executeCommand('editor.action.commentLine');
      await roundTrip();
      return document.getText() !== 'x';
    });
    this.#learned.add(extension);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }

  async moveTo(editor: vscode.TextEditor, carets: readonly vscode.Selection[]): Promise<void> {
    editor.selections = carets;
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    await roundTrip();
  }

  /** A file with this text that is open, but behind; then another one in front. */
  async openBehind(text: string): Promise<vscode.TextDocument> {
    const behind = await this.open(text);
    await this.open('in front\n');
    return behind.document;
  }

  /** A notebook in front, with these cells. */
  async openNotebook(cells: readonly string[]): Promise<vscode.NotebookDocument> {
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData(
        cells.map(
          (text) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python'),
        ),
      ),
    );
    await vscode.window.showNotebookDocument(notebook);
    await roundTrip();
    return notebook;
  }

  /** The same of a file, which can be saved. */
  async openNotebookFile(cells: readonly string[]): Promise<vscode.NotebookDocument> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const file = path.join(folder, `way-${randomUUID()}.ipynb`);
    const language_info = { name: 'python' };
    const content = {
      cells: cells.map((source) => ({
        ...{ cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null },
      })),
      ...{ metadata: { language_info }, nbformat: 4, nbformat_minor: 5 },
    };
    await writeFile(file, JSON.stringify(content));
    const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
    await vscode.window.showNotebookDocument(notebook);
    await roundTrip();
    return notebook;
  }

  /** Puts a caret into a cell of the notebook in front. */
  async editCell(notebook: vscode.NotebookDocument, at: number): Promise<vscode.TextDocument> {
    const cell = notebook.cellAt(at).document;
    const isEdited = (): boolean => vscode.window.activeTextEditor?.document === cell;
    await waitFor('the editor of the cell', async () => {
      // A notebook that has just come may pass over them.
      await vscode.commands.executeCommand('notebook.focusTop');
      for (let below = 0; below < at; below += 1) {
        await vscode.commands.executeCommand('notebook.focusNextEditor');
      }
      await vscode.commands.executeCommand('notebook.cell.edit');
      await waitFor('it', isEdited, { timeoutMs: 5_000, everyMs: 20 });
      return true;
    });
    const editor = vscode.window.activeTextEditor;
    if (editor !== undefined) {
      editor.selection = caret(0, 0);
    }
    await roundTrip();
    return cell;
  }

  /** Replaces what a file on the disk holds, as another program does, and waits until the editor has it. */
  async changeOnDisk(document: vscode.TextDocument, text: string): Promise<void> {
    await writeFile(document.uri.fsPath, text);
    await this.until(document, (now) => now === text);
  }

  /** Something that is no text editor, in front. */
  openPage(): void {
    const panel = vscode.window.createWebviewPanel('way', 'A page', vscode.ViewColumn.Active);
    panel.webview.html = '<p>A page</p>';
    this.#registrations.push(panel);
  }

  async until(document: vscode.TextDocument, fits: (text: string) => boolean): Promise<void> {
    await waitFor('the text of the document', () => fits(document.getText()), { everyMs: 20 });
  }

  /**
   * Watches for saves from now on. That a document is not dirty says nothing: it may not have been told to be dirty yet.
   * @returns what waits until each of the documents was saved
   */
  watchSaves(...documents: readonly vscode.TextDocument[]): () => Promise<void> {
    const saved = new Set<vscode.TextDocument>();
    this.use(vscode.workspace.onDidSaveTextDocument((document) => saved.add(document)));
    return async () => {
      await waitFor('the save', () => documents.every((each) => saved.has(each)), { everyMs: 20 });
    };
  }

  /** Sets a setting until the end. */
  async set(section: string, name: string, value: unknown): Promise<void> {
    this.#settings.set(`${section}.${name}`, value);
    await vscode.workspace.getConfiguration(section).update(name, value, true);
  }

  /** Keeps a registration until the end. */
  use(registration: Registration): void {
    this.#registrations.push(registration);
  }

  /** Clears the desk for the next way. */
  async clear(): Promise<void> {
    for (const registration of this.#registrations.splice(0)) {
      registration.dispose();
    }
    await closeEditors();
    for (const name of this.#settings.keys()) {
      await vscode.workspace.getConfiguration().update(name, undefined, true);
    }
    this.#settings.clear();
  }

  async stop(): Promise<void> {
    await this.clear();
    this.events.dispose();
  }
}

/** A caret that selects nothing. */
export function caret(line: number, character: number): vscode.Selection {
  return new vscode.Selection(line, character, line, character);
}

/** Edits as an agent does, without any editor: again, if somebody else's edit was quicker. */
export async function applyAsAgent(
  document: vscode.TextDocument,
  line: number,
  character: number,
  text: string,
): Promise<void> {
  await waitFor(
    'the edit to be applied',
    async () => {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(line, character), text);
      return await vscode.workspace.applyEdit(edit);
    },
    { everyMs: 5 },
  );
}

/** One desk for the tests of a suite, cleared after each; `take` gets it before the first. */
export function useDesk(take: (desk: Desk) => void): void {
  let desk: Desk | undefined;

  before(function () {
    if (!hasHands()) {
      // A desktop VS Code has nobody who could press keys for us.
      this.skip();
    }
    desk = new Desk();
    take(desk);
  });

  afterEach(() => desk?.clear());

  after(() => desk?.stop());
}
