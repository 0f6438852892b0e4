import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { runDetached, type Log } from '../base/log.ts';
import { NoticeQueue, type HoldReason } from './noticeQueue.ts';

const silencedKey = 'notices.silenced';

/** A button of a notice. */
export interface NoticeAction {
  readonly title: string;
  /** A promise that it returns is waited for. */
  readonly run: () => unknown;
}

type Show = (message: string, ...titles: string[]) => Thenable<string | undefined>;

/**
 * Tells of what is wrong, once for each failing state and never for each failure; one at a time, and never while
 * somebody is in flow. Every notice can be told not to come back.
 */
export class Notices implements Disposable {
  readonly #memory: vscode.Memento;
  readonly #log: Log;
  readonly #shown = new Set<string>();
  readonly #queue: NoticeQueue;

  constructor(memory: vscode.Memento, clock: Clock, log: Log) {
    this.#memory = memory;
    this.#log = log;
    this.#queue = new NoticeQueue(clock, log);
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
      const asked = this.#show(key, vscode.window.showInformationMessage, message, actions);
      runDetached(this.#log, 'A notice', asked);
    }
  }

  /** The state is over; the next time is worth a new notice. */
  clear(key: string): void {
    this.#shown.delete(key);
    this.#queue.remove(key);
  }

  /** Keeps notices back while there is a reason to; afterwards shows those that are still worth it. */
  hold(areHeld: boolean, reason: HoldReason = 'protection'): void {
    this.#queue.hold(reason, areHeld);
  }

  dispose(): void {
    this.#queue.dispose();
  }

  #tell(key: string, show: Show, message: string, actions: readonly NoticeAction[]): void {
    if (this.#shown.has(key) || this.#silenced().includes(key)) {
      return;
    }
    this.#shown.add(key);
    this.#queue.offer(key, () => this.#show(key, show, message, actions));
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
