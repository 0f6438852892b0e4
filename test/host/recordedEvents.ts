import * as vscode from 'vscode';
import type { Log } from '../../src/base/log.ts';
import { EditorListener, type EditorEvents } from '../../src/host/recording/editorListener.ts';
import type { Classification } from '../../src/tracking/edits/editClassifier.ts';
import { EventKind } from '../../src/tracking/eventKind.ts';
import { waitFor } from '../support/waitFor.ts';

type EventKindName = keyof typeof EventKind;

/** One edit as the listener told it. */
export interface HeardEdit {
  readonly kind: EventKindName;
  readonly insertedChars: number;
  readonly deletedChars: number;
}

/** What marks the end of what a test did; no test types it for another reason. */
const marker = '\u2603';

/** A listener on this very extension host, and all that it told. Dispose it after the test. */
export class RecordedEvents implements vscode.Disposable {
  readonly edits: HeardEdit[] = [];
  readonly log: string[] = [];
  navigations = 0;
  readonly #listener: EditorListener;

  constructor(overrides: Partial<EditorEvents> = {}) {
    const events: EditorEvents = {
      edit: (_timeMs, { kind, insertedChars, deletedChars }: Classification) => {
        this.edits.push({ kind: nameOf(kind), insertedChars, deletedChars });
      },
      navigate: () => {
        this.navigations += 1;
      },
      touch: () => {},
      scroll: () => {},
      focusChanged: () => {},
      activeChanged: () => {},
      ...overrides,
    };
    const write = (message: string): void => {
      this.log.push(message);
    };
    const log: Log = { info: write, warn: write, error: write };
    this.#listener = new EditorListener(events, log);
  }

  /**
   * Does something, then types one marker into the editor in front and waits for its event: events keep
   * their order, and listeners theirs, so by then all that was to be heard has been.
   * @returns the edits that `work` caused
   */
  async during(work: () => Promise<unknown>): Promise<readonly HeardEdit[]> {
    this.edits.length = 0;
    await work();
    const heard = nextChange((_document, changes) => changes.some(({ text }) => text === marker));
    await typeText(marker);
    await heard;
    this.flush();
    return this.edits.splice(0).slice(0, -1);
  }

  /** Has the listener tell of what it keeps back until it is sure. */
  flush(): void {
    this.#listener.flush();
  }

  dispose(): void {
    this.#listener.dispose();
  }
}

/** Resolves at the next change of a text that fits; call it before what causes the change. */
export function nextChange(
  fits: (
    document: vscode.TextDocument,
    changes: readonly vscode.TextDocumentContentChangeEvent[],
  ) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const registration = vscode.workspace.onDidChangeTextDocument(
      ({ document, contentChanges }) => {
        if (contentChanges.length > 0 && fits(document, contentChanges)) {
          registration.dispose();
          resolve();
        }
      },
    );
  });
}

/** Shows an output channel and writes into it until it is seen to grow. What it holds as it opens is no change of it. */
export async function growing(channel: vscode.OutputChannel): Promise<void> {
  let hasGrown = false;
  void nextChange(({ uri }) => uri.scheme === 'output').then(() => {
    hasGrown = true;
  });
  channel.show(true);
  await waitFor('the output to grow', () => {
    channel.append('a line that nobody typed\n');
    return hasGrown;
  });
}

/**
 * Resolves when every event has arrived that the window sent until now: it answers in the order in which it sends.
 */
export async function roundTrip(): Promise<void> {
  await vscode.commands.executeCommand('setContext', 'millrace.test', true);
}

/** Types as keys do, through VS Code's own command. */
export async function typeText(text: string): Promise<void> {
  for (const character of text) {
    await vscode.commands.executeCommand('type', { text: character });
  }
}

/** A new file of the workspace, shown in front. */
export async function openNewFile(name: string, text = ''): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) {
    throw new Error('The tests want a workspace folder');
  }
  const file = vscode.Uri.joinPath(folder, name);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  return showInFront(await vscode.workspace.openTextDocument(file));
}

/** Shows a document and waits until VS Code says that it is the one in front. */
export async function showInFront(document: vscode.TextDocument): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  await waitFor('the editor in front', () => vscode.window.activeTextEditor?.document === document);
  return editor;
}

/** Closes every editor, saving nothing. */
export async function closeEditors(): Promise<void> {
  // The tabs may not be told to be dirty yet, and the editor asks about those.
  await roundTrip();
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  // As many times as there are tabs, since the dirty ones need not be in front.
  for (let left = tabs.some(({ isDirty }) => isDirty) ? tabs.length : 0; left > 0; left -= 1) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await waitFor('no editor', () => {
    const { all } = vscode.window.tabGroups;
    return (
      vscode.window.activeTextEditor === undefined && all.every(({ tabs }) => tabs.length === 0)
    );
  });
}

function nameOf(kind: EventKind): EventKindName {
  const found = Object.entries(EventKind).find(([, value]) => value === kind);
  if (found === undefined) {
    throw new Error(`No event kind has the number ${kind}`);
  }
  // The keys of EventKind are its names.
  return found[0] as EventKindName;
}
