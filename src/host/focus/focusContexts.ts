import * as vscode from 'vscode';

/** What the `when` clauses of package.json ask, below `millrace.`. */
export interface FocusContextValues {
  readonly inSession: boolean;
  readonly sessionPaused: boolean;
  readonly blocking: boolean;
}

/** Sets the context keys, and each only when it changes: every one crosses to the window's own process. */
export class FocusContexts {
  readonly #set = new Map<string, boolean>();

  set(values: FocusContextValues): void {
    for (const [name, value] of Object.entries(values) as [string, boolean][]) {
      if (this.#set.get(name) !== value) {
        this.#set.set(name, value);
        void vscode.commands.executeCommand('setContext', `millrace.${name}`, value);
      }
    }
  }
}
