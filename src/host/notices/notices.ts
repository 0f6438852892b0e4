import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { runDetached, type Log } from '../../base/log.ts';
import { NoticeQueue, type HoldReason } from './noticeQueue.ts';

const silencedKey = 'notices.silenced';

/** A button of a notice. */
export interface NoticeAction {
  readonly title: string;
  /** A promise that it returns is waited for. */
  readonly run: () => unknown;
}

type Show = (message: string, ...titles: string[]) => PromiseLike<string | undefined>;

/** What puts a notice before the person; resolves to the button that was pressed, if one was. */
export interface NoticeScreen {
  readonly warn: Show;
  readonly inform: Show;
  /** The title of the button that tells a notice not to come back. */
  readonly never: () => string;
}

/** Remembers beyond the session which notices are told not to come back. */
export interface NoticeMemory {
  get<Value>(key: string, otherwise: Value): Value;
  update(key: string, value: unknown): PromiseLike<void>;
}

export interface NoticesOptions {
  readonly screen: NoticeScreen;
  readonly memory: NoticeMemory;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Tells of what is wrong, once for each failing state and never for each failure, and asks what no moment of its
 * own forces; one at a time, and never while somebody is in flow. Every notice can be told not to come back.
 */
export class Notices implements Disposable {
  readonly #screen: NoticeScreen;
  readonly #memory: NoticeMemory;
  readonly #log: Log;
  readonly #shown = new Set<string>();
  readonly #queue: NoticeQueue;

  constructor({ screen, memory, clock, log }: NoticesOptions) {
    this.#screen = screen;
    this.#memory = memory;
    this.#log = log;
    this.#queue = new NoticeQueue(clock, log);
  }

  /** Shows a warning, unless this one is on screen or was told not to come back. */
  warn(key: string, message: string, actions: readonly NoticeAction[]): void {
    this.#tell(key, this.#screen.warn, message, actions);
  }

  /** As {@link warn}, for what is worth knowing and nothing wrong. */
  inform(key: string, message: string, actions: readonly NoticeAction[]): void {
    this.#tell(key, this.#screen.inform, message, actions);
  }

  /**
   * Asks in its turn, as often as it is called; a later question of the same key takes the place of one that waits.
   * @param isStillDue asked when the turn comes: a question whose moment has passed is dropped
   */
  ask(
    key: string,
    message: string,
    actions: readonly NoticeAction[],
    isStillDue: () => boolean,
  ): void {
    const isWanted = (): boolean => !this.#silenced().includes(key) && isStillDue();
    if (isWanted()) {
      const present = (): Promise<void> => this.#show(key, this.#screen.inform, message, actions);
      this.#queue.offer(key, present, isWanted);
    }
  }

  /**
   * Says at once what answers the person's own action of this moment, whatever else is on screen or held: they
   * have just looked up from their work, and later it would answer nothing.
   */
  reply(key: string, message: string, actions: readonly NoticeAction[]): void {
    if (!this.#silenced().includes(key)) {
      const said = this.#show(key, this.#screen.inform, message, actions);
      runDetached(this.#log, 'A notice', said);
    }
  }

  /** The state is over; the next time is worth a new notice. @returns whether one still waited, unseen */
  clear(key: string): boolean {
    this.#shown.delete(key);
    return this.#queue.remove(key);
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
    const never = this.#screen.never();
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
