import type { LitElement, ReactiveController } from 'lit';
import type { FocusReading } from '../../readings/focusReading.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';
import type { DashboardHost } from '../shared/dashboardHost.ts';
import type { Outcome } from '../shared/outcome.ts';
import { WishEvent } from '../shared/viewEvents.ts';

export interface FocusWishesOptions {
  /** What is known of focus sessions now. */
  readonly state: () => FocusReading | null | undefined;
  readonly host: () => DashboardHost;
  readonly outcome: Outcome;
}

/**
 * Hears wishes about focus sessions in an element and carries each to the host, the same one only once at a time.
 * When a session begins or ends, the buttons that did it go: the keyboard, if it was there, goes on to the pane.
 */
export class FocusWishes implements ReactiveController {
  readonly #element: LitElement;
  readonly #options: FocusWishesOptions;
  readonly #underWay = new Set<string>();
  #failures = 0;
  #wasRunning: boolean | undefined;
  #hadKeyboard = false;

  constructor(element: LitElement, options: FocusWishesOptions) {
    this.#element = element;
    this.#options = options;
    element.addController(this);
  }

  /** How many wishes have failed so far; controls that a person has moved go back when it rises. */
  get failures(): number {
    return this.#failures;
  }

  hostConnected(): void {
    this.#element.addEventListener(WishEvent.type, this.#hear);
  }

  hostDisconnected(): void {
    this.#element.removeEventListener(WishEvent.type, this.#hear);
  }

  hostUpdate(): void {
    const held = this.#element.shadowRoot?.activeElement;
    this.#hadKeyboard = held?.matches('millrace-now, millrace-focus') ?? false;
  }

  hostUpdated(): void {
    const state = this.#options.state();
    const isRunning = state ? state.session !== null : undefined;
    const before = this.#wasRunning;
    this.#wasRunning = isRunning;
    if (
      this.#hadKeyboard &&
      before !== undefined &&
      isRunning !== undefined &&
      before !== isRunning
    ) {
      // The panes below draw themselves after this one.
      requestAnimationFrame(() => {
        const root = this.#element.shadowRoot;
        const held = root?.activeElement?.shadowRoot?.activeElement ?? null;
        if (held === null) {
          root?.querySelector('millrace-focus')?.focus();
        }
      });
    }
  }

  readonly #hear = (event: Event): void => {
    if (event instanceof WishEvent) {
      void this.#carry(event.wish);
    }
  };

  async #carry(wish: FocusWish): Promise<void> {
    const key = JSON.stringify(wish);
    if (this.#underWay.has(key)) {
      return;
    }
    const { host, outcome } = this.#options;
    this.#underWay.add(key);
    try {
      await host().request('wishFocus', wish);
      outcome.say();
    } catch {
      this.#failures += 1;
      outcome.fail();
    } finally {
      this.#underWay.delete(key);
    }
  }
}
