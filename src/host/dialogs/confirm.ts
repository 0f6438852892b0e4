import * as vscode from 'vscode';

/** What is asked before something is done that can't be taken back, or that reaches beyond the editor. */
export interface Confirmation {
  readonly question: string;
  /** What it means, below the question. */
  readonly detail?: string;
  /** The one button beside the editor's own "Cancel". */
  readonly yes: string;
  /** Whether something is lost by it: shown as a warning, which is the rule. */
  readonly isWarning?: boolean;
}

/** Asks in a dialog that holds up the window. Resolves to true only for a plain yes. */
export async function confirm({
  question,
  detail,
  yes,
  isWarning = true,
}: Confirmation): Promise<boolean> {
  const { showInformationMessage, showWarningMessage } = vscode.window;
  const show = isWarning ? showWarningMessage : showInformationMessage;
  const options = { modal: true, ...(detail !== undefined && { detail }) };
  return (await show(question, options, yes)) === yes;
}
