import * as vscode from 'vscode';
import type { NoticeScreen } from './notices.ts';

/** Shows notices in VS Code's own way. */
export const noticeScreen: NoticeScreen = {
  warn: (message, ...titles) => vscode.window.showWarningMessage(message, ...titles),
  inform: (message, ...titles) => vscode.window.showInformationMessage(message, ...titles),
  never: () => vscode.l10n.t("Don't Show Again"),
};
