import * as vscode from 'vscode';

/** Documents of notebook cells have this scheme. */
export const notebookCellScheme = 'vscode-notebook-cell';

/**
 * Whether this document is what the person has in front. It must be known: where VS Code tells of no editor in
 * front, as behind a chat panel, a settings page or a terminal, no document is. A rename, an agent or a file that
 * changes on the disk edits the others.
 *
 * Cheap where an editor is in front, as on the typing path: it allocates nothing then.
 */
export function isInFront(document: vscode.TextDocument): boolean {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document === document) {
    return true;
  }
  if (document.uri.scheme === notebookCellScheme) {
    // No cell's editor has to be active, and an edit of one cell may change another of the same notebook.
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    return notebook !== undefined && hasCell(notebook, document);
  }
  return editor === undefined && isUriInFront(document.uri.toString());
}

/** The open notebook that a cell's document belongs to; undefined for any other document. */
export function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
  if (document.uri.scheme !== notebookCellScheme) {
    return undefined;
  }
  return vscode.workspace.notebookDocuments.find((notebook) => hasCell(notebook, document));
}

function hasCell(notebook: vscode.NotebookDocument, document: vscode.TextDocument): boolean {
  return notebook.getCells().some((cell) => cell.document === document);
}

/**
 * What is shown in front when no text editor is: a text document in a custom editor, say, or one that is too large for
 * VS Code to tell extensions of.
 */
function isUriInFront(uri: string): boolean {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) {
    return input.uri.toString() === uri;
  }
  return input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri;
}

/**
 * Whether a text is in front of which VS Code tells extensions nothing, neither its document nor its changes, as it is
 * larger than 50 MB: whether somebody types there can't be told.
 */
export function isUntoldTextInFront(): boolean {
  if (vscode.window.activeTextEditor !== undefined) {
    return false;
  }
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputText)) {
    return false;
  }
  const uri = input.uri.toString();
  return !vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri);
}
