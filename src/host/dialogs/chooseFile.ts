import * as vscode from 'vscode';

/** Asks for one file that is there; `undefined` when the person thought better of it. */
export function chooseFile(
  options: Pick<vscode.OpenDialogOptions, 'title' | 'openLabel' | 'filters'>,
): Promise<vscode.Uri | undefined> {
  return chooseOne(options);
}

/** Asks for a folder that is there. @returns its path; `undefined` when the person thought better of it */
export async function chooseFolder(title: string): Promise<string | undefined> {
  const chosen = await chooseOne({
    title,
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Choose'),
  });
  return chosen?.fsPath;
}

async function chooseOne(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined> {
  const [chosen] = (await vscode.window.showOpenDialog(options)) ?? [];
  return chosen;
}
