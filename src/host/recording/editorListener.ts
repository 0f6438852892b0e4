import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { describeError, type Log } from '../../base/log.ts';
import { EditPlace, placeOf } from '../../tracking/signs/carets.ts';
import type { Classification, EditReason } from '../../tracking/edits/editClassifier.ts';
import { EditReader } from '../../tracking/edits/editReader.ts';
import { EditSigns } from '../../tracking/signs/editSigns.ts';
import { EditHint, noSurroundings } from '../../tracking/signs/keptEdits.ts';
import { EventKind } from '../../tracking/eventKind.ts';
import type { EditSource } from '../../tracking/tracker.ts';
import { isOtherKey } from '../../tracking/edits/otherKey.ts';
import { isInFront, notebookCellScheme, notebookOf } from './inFront.ts';

/** Where the listener tells what it saw; times are on the monotonic clock. */
export interface EditorEvents {
  edit(timeMs: number, edit: Classification): void;
  navigate(timeMs: number): void;
  /** A key moved the caret, be it by typing; told before what was typed. */
  touch(timeMs: number): void;
  scroll(timeMs: number): void;
  focusChanged(focused: boolean, timeMs: number): void;
  activeChanged(active: boolean, timeMs: number): void;
}

type Saved = vscode.TextDocument | vscode.NotebookDocument;

/** Settings and keybindings as documents: the editor rewrites them itself. */
const userDataScheme = 'vscode-userdata';

/**
 * Listens to VS Code and passes on times and kinds, never text or names. Each handler takes its time stamp
 * first, and none ever throws into VS Code: other extensions share the thread.
 */
export class EditorListener implements Disposable, EditSource {
  readonly #store = new DisposableStore();
  readonly #to: EditorEvents;
  readonly #log: Log;
  readonly #signs: EditSigns<vscode.TextDocument, Saved>;
  readonly #isEditable = new Map<string, boolean>();
  readonly #reader = new EditReader<vscode.TextDocument>();
  readonly #edit: Classification = {
    kind: EventKind.unknown,
    insertedChars: 0,
    deletedChars: 0,
    revisesLatest: false,
    isOtherKey: false,
  };
  readonly #around = noSurroundings();
  #editedIn: vscode.TextDocument | undefined;
  #selectedIn: vscode.TextDocument | undefined;
  #selectedAtVersion = 0;
  #hasFailed = false;

  constructor(to: EditorEvents, log: Log) {
    this.#to = to;
    this.#log = log;
    this.#signs = new EditSigns<vscode.TextDocument, Saved>({
      handOn: (timeMs, edit) => {
        if (edit.kind === EventKind.navigate) {
          to.navigate(timeMs);
        } else {
          to.edit(timeMs, edit);
        }
      },
      isPartOf: (document, saved) => document === saved || notebookOf(document) === saved,
    });
    this.#listen(vscode.workspace.onDidChangeTextDocument, this.#textChanged);
    this.#listen(vscode.window.onDidChangeTextEditorSelection, this.#selectionChanged);
    this.#listen(vscode.window.onDidChangeTextEditorVisibleRanges, this.#visibleRangesChanged);
    this.#listen(vscode.window.onDidChangeWindowState, this.#windowStateChanged);
    this.#listen(vscode.workspace.onWillSaveTextDocument, ({ document, reason }, timeMs) => {
      this.#signs.saveBegan(timeMs, document, isByItself(reason));
    });
    this.#listen(vscode.workspace.onDidSaveTextDocument, (document, timeMs) => {
      this.#signs.saveEnded(timeMs, document);
    });
    this.#listen(vscode.workspace.onWillSaveNotebookDocument, ({ notebook, reason }, timeMs) => {
      this.#signs.saveBegan(timeMs, notebook, isByItself(reason));
    });
    this.#listen(vscode.workspace.onDidSaveNotebookDocument, (notebook, timeMs) => {
      this.#signs.saveEnded(timeMs, notebook);
    });
  }

  /** Tells of what waits no longer for a sign or a save. */
  settle(timeMs: number): void {
    this.#attempt(() => {
      this.#signs.settle(timeMs);
    });
  }

  /** Tells of all that waits. */
  flush(): void {
    this.#attempt(() => {
      this.#signs.flush();
    });
  }

  dispose(): void {
    this.flush();
    this.#store.dispose();
  }

  #listen<E>(event: vscode.Event<E>, handle: (value: E, timeMs: number) => void): void {
    this.#store.add(
      event((value) => {
        const timeMs = performance.now();
        try {
          handle(value, timeMs);
        } catch (error) {
          this.#complain(error);
        }
      }),
    );
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Once: a part that fails with every key must not fill the log. */
  #complain(error: unknown): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#log.error('An editor event could not be handled', describeError(error));
    }
  }

  readonly #textChanged = (event: vscode.TextDocumentChangeEvent, timeMs: number): void => {
    const { document, contentChanges } = event;
    if (contentChanges.length === 0) {
      // VS Code tells so that something else has changed: whether there is something to save.
      if (document.isDirty) {
        this.#signs.becameDirty(document, document.version);
      }
      return;
    }
    if (!this.#isWorkedOn(document)) {
      return;
    }
    this.#editedIn = document;
    const reason = reasonOf(event.reason);
    const awaitsSign = this.#signs.awaitsSign(document);
    if (this.#reader.read(document, timeMs, contentChanges, reason, awaitsSign, this.#edit)) {
      this.#noteOtherKey(document, contentChanges);
      this.#noteSurroundings(document, contentChanges);
      this.#signs.edited(timeMs, this.#edit, document, this.#around);
    }
  };

  #noteOtherKey(
    document: vscode.TextDocument,
    changes: readonly vscode.TextDocumentContentChangeEvent[],
  ): void {
    this.#edit.isOtherKey = false;
    // A key that undoes, moves or deletes may bring or take anything, and is held all the same.
    if (this.#edit.kind !== EventKind.insert) {
      return;
    }
    // What stands before the first change is where it was, whatever the others brought.
    let first: vscode.TextDocumentContentChangeEvent | undefined;
    for (const change of changes) {
      if (first === undefined || change.rangeOffset < first.rangeOffset) {
        first = change;
      }
    }
    if (first !== undefined) {
      const { line, character } = first.range.start;
      this.#edit.isOtherKey = isOtherKey(first, document.lineAt(line).text, character);
    }
  }

  #noteSurroundings(
    document: vscode.TextDocument,
    changes: readonly vscode.TextDocumentContentChangeEvent[],
  ): void {
    const around = this.#around;
    around.version = document.version;
    // Neither cells nor untitled documents are told to be unsaved.
    around.isClean =
      !document.isDirty && !document.isUntitled && document.uri.scheme !== notebookCellScheme;
    around.hint = hintOf(document, changes, this.#edit);
    const editor = vscode.window.activeTextEditor;
    if (editor?.document === document) {
      // The extension host still has the selections of before the edit.
      const { active } = editor.selection;
      around.place = placeOf(changes, editor.selections);
      around.caretLine = active.line;
      around.caretCharacter = active.character;
    } else {
      around.place = EditPlace.elsewhere;
    }
  }

  readonly #selectionChanged = (
    event: vscode.TextEditorSelectionChangeEvent,
    timeMs: number,
  ): void => {
    const { document } = event.textEditor;
    // Typing moves the selection too; then the document has a new version, or is seen here first after an edit.
    const wasTyped =
      document === this.#selectedIn
        ? document.version !== this.#selectedAtVersion
        : document === this.#editedIn;
    this.#selectedIn = document;
    this.#selectedAtVersion = document.version;
    const byKeyboard = event.kind === vscode.TextEditorSelectionChangeKind.Keyboard;
    if (event.textEditor === vscode.window.activeTextEditor) {
      if (byKeyboard) {
        this.#to.touch(timeMs);
      }
      const { line, character } = event.textEditor.selection.active;
      this.#signs.selected(timeMs, document, document.version, byKeyboard, line, character);
    }
    const byMouse = event.kind === vscode.TextEditorSelectionChangeKind.Mouse;
    if (byKeyboard || byMouse) {
      this.#reader.keyEnded();
    }
    if ((byMouse || (byKeyboard && !wasTyped)) && this.#hasEditableScheme(document)) {
      this.#signs.navigated(timeMs);
    }
  };

  readonly #visibleRangesChanged = (
    event: vscode.TextEditorVisibleRangesChangeEvent,
    timeMs: number,
  ): void => {
    if (this.#isWorkedOn(event.textEditor.document)) {
      this.#to.scroll(timeMs);
    }
  };

  readonly #windowStateChanged = (state: vscode.WindowState, timeMs: number): void => {
    this.#signs.flush();
    this.#to.activeChanged(state.active, timeMs);
    this.#to.focusChanged(state.focused, timeMs);
  };

  /**
   * Whether a change of this document is a person's: it can be saved, and it is in front. A rename or a
   * "replace all" changes many others in the same moment.
   */
  #isWorkedOn(document: vscode.TextDocument): boolean {
    return this.#hasEditableScheme(document) && isInFront(document);
  }

  #hasEditableScheme(document: vscode.TextDocument): boolean {
    const { scheme } = document.uri;
    const known = this.#isEditable.get(scheme);
    if (known !== undefined) {
      return known;
    }
    const isOwnScheme = scheme === 'untitled' || scheme === notebookCellScheme;
    const isWritable = vscode.workspace.fs.isWritableFileSystem(scheme);
    if (!isOwnScheme && isWritable === undefined) {
      // No file system of this name is there now; one may still come.
      return false;
    }
    const isEditable = isOwnScheme || (isWritable === true && scheme !== userDataScheme);
    this.#isEditable.set(scheme, isEditable);
    return isEditable;
  }
}

/** Whether a document saves itself, a while after it was edited. */
function isByItself(reason: vscode.TextDocumentSaveReason): boolean {
  return reason === vscode.TextDocumentSaveReason.AfterDelay;
}

const lineBreak = /^\r?\n/;
const blanks = /^[ \t]{1,64}$/;

function hintOf(
  document: vscode.TextDocument,
  changes: readonly vscode.TextDocumentContentChangeEvent[],
  { kind }: Classification,
): EditHint {
  const [first] = changes;
  if (kind === EventKind.delete && first !== undefined) {
    const { line, character } = first.range.start;
    return document.lineAt(line).text.length === character ? EditHint.toLineEnd : EditHint.none;
  }
  const { text = '', rangeLength = 0 } = first ?? {};
  const isBlank = blanks.test(text);
  if (lineBreak.test(text) || (isBlank && changes.length > 1)) {
    return EditHint.ofLines;
  }
  if (isBlank) {
    return EditHint.isBlank;
  }
  // A key that writes in the place of what the key before wrote is an input method's.
  return kind === EventKind.insert && rangeLength > 0 ? EditHint.composes : EditHint.none;
}

function reasonOf(reason: vscode.TextDocumentChangeReason | undefined): EditReason {
  if (reason === vscode.TextDocumentChangeReason.Undo) {
    return 'undo';
  }
  return reason === vscode.TextDocumentChangeReason.Redo ? 'redo' : undefined;
}
