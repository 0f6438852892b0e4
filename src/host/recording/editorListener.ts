import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { describeError, type Log } from '../../base/log.ts';
import type { Classification, EditReason } from '../../tracking/editClassifier.ts';
import { EditReader } from '../../tracking/editReader.ts';
import { EventKind } from '../../tracking/eventKind.ts';
import { HeldEdits } from '../../tracking/heldEdits.ts';
import { isInBulk, SaveWindow } from '../../tracking/saveWindow.ts';
import { isInFront, notebookCellScheme } from './inFront.ts';

/** Where the listener tells what it saw; times are on the monotonic clock. */
export interface EditorEvents {
  edit(timeMs: number, edit: Classification): void;
  navigate(timeMs: number): void;
  scroll(timeMs: number): void;
  focusChanged(focused: boolean, timeMs: number): void;
  activeChanged(active: boolean, timeMs: number): void;
}

/** A formatter's edit comes this long before VS Code tells of the save, at most. */
const beforeSaveMs = 500;

/** Settings and keybindings as documents: the editor rewrites them itself. */
const userDataScheme = 'vscode-userdata';

/**
 * Listens to VS Code and passes on times and kinds, never text or names. Each handler takes its time stamp
 * first, and none ever throws into VS Code: other extensions share the thread.
 */
export class EditorListener implements Disposable {
  readonly #store = new DisposableStore();
  readonly #to: EditorEvents;
  readonly #log: Log;
  readonly #saves = new SaveWindow<vscode.TextDocument>();
  readonly #held: HeldEdits<vscode.TextDocument>;
  #releaseTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #isEditable = new Map<string, boolean>();
  readonly #reader = new EditReader<vscode.TextDocument>();
  readonly #edit: Classification = {
    kind: EventKind.unknown,
    insertedChars: 0,
    deletedChars: 0,
    revisesLatest: false,
  };
  #editedIn: vscode.TextDocument | undefined;
  #selectedIn: vscode.TextDocument | undefined;
  #selectedAtVersion = 0;
  #hasFailed = false;

  constructor(to: EditorEvents, log: Log) {
    this.#to = to;
    this.#log = log;
    this.#held = new HeldEdits((timeMs, edit) => {
      to.edit(timeMs, edit);
    });
    this.#store.add({
      dispose: () => {
        clearTimeout(this.#releaseTimer);
      },
    });
    this.#listen(vscode.workspace.onDidChangeTextDocument, this.#textChanged);
    this.#listen(vscode.window.onDidChangeTextEditorSelection, this.#selectionChanged);
    this.#listen(vscode.window.onDidChangeTextEditorVisibleRanges, this.#visibleRangesChanged);
    this.#listen(vscode.window.onDidChangeWindowState, this.#windowStateChanged);
    this.#listen(vscode.workspace.onWillSaveTextDocument, (event, timeMs) => {
      this.#saves.saveBegan(event.document, timeMs);
      this.#held.saveBegan(event.document);
    });
    this.#listen(vscode.workspace.onDidSaveTextDocument, (document, timeMs) => {
      this.#saves.saveEnded(document, timeMs);
    });
  }

  dispose(): void {
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

  /** Once: a part that fails with every key must not fill the log. */
  #complain(error: unknown): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#log.error('An editor event could not be handled', describeError(error));
    }
  }

  readonly #textChanged = (event: vscode.TextDocumentChangeEvent, timeMs: number): void => {
    const { document, contentChanges } = event;
    if (contentChanges.length === 0 || !this.#isWorkedOn(document)) {
      return;
    }
    this.#editedIn = document;
    const edit = this.#edit;
    if (
      !this.#reader.read(document, timeMs, contentChanges, reasonOf(event.reason), edit) ||
      this.#saves.covers(document, timeMs, edit.kind, contentChanges.length)
    ) {
      return;
    }
    if (edit.kind !== EventKind.undo && isInBulk(edit.kind, contentChanges.length)) {
      this.#held.hold(document, timeMs, edit);
      clearTimeout(this.#releaseTimer);
      this.#releaseTimer = setTimeout(this.#release, beforeSaveMs);
    } else {
      this.#held.release();
      this.#to.edit(timeMs, edit);
    }
  };

  readonly #release = (): void => {
    try {
      this.#held.release();
    } catch (error) {
      this.#complain(error);
    }
  };

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
    const byPerson =
      event.kind === vscode.TextEditorSelectionChangeKind.Keyboard ||
      event.kind === vscode.TextEditorSelectionChangeKind.Mouse;
    if (byPerson) {
      this.#reader.keyEnded();
    }
    if (byPerson && !wasTyped && this.#hasEditableScheme(document)) {
      this.#held.release();
      this.#to.navigate(timeMs);
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
    this.#held.release();
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

function reasonOf(reason: vscode.TextDocumentChangeReason | undefined): EditReason {
  if (reason === vscode.TextDocumentChangeReason.Undo) {
    return 'undo';
  }
  return reason === vscode.TextDocumentChangeReason.Redo ? 'redo' : undefined;
}
