import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../base/disposable.ts';
import type { NaturalBreak } from '../../../focus/session/sessionEnding.ts';

/**
 * Tells of the natural breaks that the editor knows: a save by hand, and the end of a task. The editor's API does
 * not tell of the test runs of others; a task of the test group is one.
 */
export function watchNaturalBreaks(tell: (what: NaturalBreak) => void): Disposable {
  const store = new DisposableStore();
  store.add(
    vscode.workspace.onWillSaveTextDocument(({ reason }) => {
      if (reason === vscode.TextDocumentSaveReason.Manual) {
        tell('save');
      }
    }),
  );
  store.add(
    vscode.tasks.onDidEndTaskProcess(({ execution }) => {
      tell(execution.task.group === vscode.TaskGroup.Test ? 'testEnd' : 'taskEnd');
    }),
  );
  return store;
}
