import type { Clock } from '../../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../../base/disposable.ts';
import type { FlowState } from '../../../facts/flow.ts';
import { runDetached, type Log } from '../../../base/log.ts';
import {
  noProtection,
  protectFlow,
  undoProtection,
  type Protection,
  type ProtectionMemory,
} from '../../../focus/session/flowProtection.ts';
import type { BlockChoice } from '../../../focus/session/focusState.ts';

export interface FlowProtectingOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly flow: () => FlowState;
  readonly isFocused: () => boolean;
  readonly optedIn: () => readonly Protection[];
  readonly inSession: () => boolean;
  readonly blockChoice: () => BlockChoice;
  /** The sessions, for the list. */
  readonly sessions: {
    blockForFlow(block: BlockChoice | undefined, untilMs: number): Promise<void>;
  };
  readonly holdNotices: (areHeld: boolean) => void;
  /** Shows what is in force, each with its one-click undo. */
  readonly show: (active: readonly Protection[]) => void;
}

const renewMs = 60_000;
/** A block for flow that is not renewed ends by itself: the window may be gone. */
const blockLifeMs = 3 * renewMs;

/** Does what the person opted into while they are in flow, in the window in front, and undoes it afterwards. */
export class FlowProtecting implements Disposable {
  readonly #options: FlowProtectingOptions;
  readonly #store = new DisposableStore();
  #memory: ProtectionMemory = noProtection;

  constructor(options: FlowProtectingOptions) {
    this.#options = options;
    this.#store.add(
      options.clock.every(renewMs, () => {
        this.step();
        if (this.#memory.active.includes('blockList')) {
          this.#block(true);
        }
      }),
    );
  }

  get active(): readonly Protection[] {
    return this.#memory.active;
  }

  /** Called at every scoring step, change of focus, and change of settings. */
  step(): void {
    const { clock, flow, isFocused, optedIn, inSession, show } = this.#options;
    const { memory, begin, end } = protectFlow(this.#memory, {
      nowMs: clock.monotonicMs(),
      flow: flow(),
      windowFocused: isFocused(),
      optedIn: optedIn(),
      inSession: inSession(),
    });
    this.#memory = memory;
    for (const one of begin) {
      this.#apply(one, true);
    }
    for (const one of end) {
      this.#apply(one, false);
    }
    if (begin.length > 0 || end.length > 0) {
      show(this.active);
    }
  }

  /** The one click that undoes; it stays undone until this flow is over. */
  undo(one: Protection): void {
    if (this.#memory.active.includes(one)) {
      this.#memory = undoProtection(this.#memory, one);
      this.#apply(one, false);
      this.#options.show(this.active);
    }
  }

  dispose(): void {
    const { active } = this.#memory;
    this.#memory = noProtection;
    for (const one of active) {
      this.#apply(one, false);
    }
    this.#options.show([]);
    this.#store.dispose();
  }

  #apply(one: Protection, begins: boolean): void {
    switch (one) {
      case 'holdNotices':
        this.#options.holdNotices(begins);
        break;
      case 'blockList':
        this.#block(begins);
        break;
      case 'offerDoNotDisturb':
        // A button and nothing else.
        break;
    }
  }

  #block(begins: boolean): void {
    const { clock, log, sessions, blockChoice } = this.#options;
    const work = sessions.blockForFlow(
      begins ? blockChoice() : undefined,
      clock.wallMs() + blockLifeMs,
    );
    runDetached(log, 'Blocking for flow', work);
  }
}
