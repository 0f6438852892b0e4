import * as vscode from 'vscode';
import { runDetached, type Log } from '../base/log.ts';

const silencedKey = 'notices.silenced';

/** A button of a notice. */
export interface NoticeAction {
  readonly title: string;
  /** A promise that it returns is waited for. */
  readonly run: () => unknown;
}

type Show = (message: string, ...titles: string[]) => Thenable<string | undefined>;

/**
 * Tells of what is wrong, once for each failing state and never for each failure. Every notice can be told
 * not to come back.
 */
export class Notices {
  readonly #memory: vscode.Memento;
  readonly #log: Log;
  readonly #shown = new Set<string>();
  /** What waits until notices are no longer held; `undefined` while they are not. */
  #held: Map<string, () => void> | undefined;

  constructor(memory: vscode.Memento, log: Log) {
    this.#memory = memory;
    this.#log = log;
  }

  /** Shows a warning, unless this one is on screen or was told not to come back. */
  warn(key: string, message: string, actions: readonly NoticeAction[]): void {
    this.#tell(key, vscode.window.showWarningMessage, message, actions);
  }

  /** As {@link warn}, for what is worth knowing and nothing wrong. */
  inform(key: string, message: string, actions: readonly NoticeAction[]): void {
    this.#tell(key, vscode.window.showInformationMessage, message, actions);
  }

  /** Asks what can't wait for {@link hold} to end, as often as it is called. */
  ask(key: string, message: string, actions: readonly NoticeAction[]): void {
    if (!this.#silenced().includes(key)) {
      this.#present(key, vscode.window.showInformationMessage, message, actions);
    }
  }

  /** The state is over; the next time is worth a new notice. */
  clear(key: string): void {
    this.#shown.delete(key);
    this.#held?.delete(key);
  }

  /** Keeps notices back, or shows those that are still worth it. */
  hold(areHeld: boolean): void {
    const waiting = this.#held;
    this.#held = areHeld ? (waiting ?? new Map<string, () => void>()) : undefined;
    if (!areHeld) {
      waiting?.forEach((show) => {
        show();
      });
    }
  }

  #tell(key: string, show: Show, message: string, actions: readonly NoticeAction[]): void {
    if (this.#shown.has(key) || this.#silenced().includes(key)) {
      return;
    }
    this.#shown.add(key);
    const present = (): void => {
      this.#present(key, show, message, actions);
    };
    if (this.#held === undefined) {
      present();
    } else {
      this.#held.set(key, present);
    }
  }

  #present(key: string, show: Show, message: string, actions: readonly NoticeAction[]): void {
    runDetached(this.#log, 'A notice', this.#show(key, show, message, actions));
  }

  async #show(
    key: string,
    show: Show,
    message: string,
    actions: readonly NoticeAction[],
  ): Promise<void> {
    const never = vscode.l10n.t("Don't Show Again");
    const titles = actions.map(({ title }) => title);
    const chosen = await show(message, ...titles, never);
    if (chosen === never) {
      await this.#memory.update(silencedKey, [...this.#silenced(), key]);
      return;
    }
    await actions.find(({ title }) => title === chosen)?.run();
  }

  #silenced(): readonly string[] {
    return this.#memory.get<readonly string[]>(silencedKey, []);
  }
}
