import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { runDetached, type Log } from '../../base/log.ts';
import type { PauseMark } from './pauseMark.ts';

const contextKey = 'millrace.paused';

export interface Pausable {
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

/** Pauses and resumes tracking, in this window at once and in the others when they come to the front. */
export class Pausing {
  readonly #tracker: Pausable;
  readonly #mark: PauseMark;

  constructor(tracker: Pausable, mark: PauseMark) {
    this.#tracker = tracker;
    this.#mark = mark;
  }

  async pause(): Promise<void> {
    await this.#apply(true);
    await this.#mark.set();
  }

  async resume(): Promise<void> {
    await this.#apply(false);
    await this.#mark.remove();
  }

  /** Does what the mark says, now and whenever this window comes to the front: another may have set it. */
  watch(log: Log): Disposable {
    const readMark = async (): Promise<void> => {
      await this.#apply(await this.#mark.isSet());
    };
    runDetached(log, 'Reading the pause mark', readMark());
    return vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) {
        runDetached(log, 'Reading the pause mark', readMark());
      }
    });
  }

  async #apply(paused: boolean): Promise<void> {
    if (paused) {
      this.#tracker.pause();
    } else {
      this.#tracker.resume();
    }
    await vscode.commands.executeCommand('setContext', contextKey, paused);
  }
}
