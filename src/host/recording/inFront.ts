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
  return uriOf(vscode.window.tabGroups.activeTabGroup.activeTab?.input)?.toString() === uri;
}

/**
 * Whether something is in front of which VS Code does not tell what a person types: a text of more than 50 MB, of which
 * extensions get neither document nor changes, or a custom editor, which edits what is no text without a word, and a text
 * as an agent does, without a sign of a key. Whether somebody types there can't be told.
 * A terminal, a chat, a web page and the settings page are no documents: who is there edits none.
 */
export function isUntoldInFront(): boolean {
  if (
    vscode.window.activeTextEditor !== undefined ||
    vscode.window.activeNotebookEditor !== undefined
  ) {
    return false;
  }
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom) {
    return true;
  }
  const uri = uriOf(input)?.toString();
  return (
    uri !== undefined &&
    !vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri)
  );
}

/** Of the document that a tab shows; of two that it compares, the one that can be edited. */
function uriOf(input: unknown): vscode.Uri | undefined {
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) {
    return input.uri;
  }
  return input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
}
