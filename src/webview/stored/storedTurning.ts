import type { LitElement, ReactiveController } from 'lit';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import type { StoredOutcome } from '../../protocol/dashboard.ts';
import type { DashboardHost } from '../shared/dashboardHost.ts';
import type { Outcome } from '../shared/outcome.ts';
import { text } from '../shared/strings.ts';
import { StoredBook, type StoredView } from './storedBook.ts';
import { StoredEvent, type ChangeRequest } from './storedEvents.ts';

export interface StoredTurningOptions {
  /** Whether the person wants to see what is stored. */
  readonly isWanted: () => boolean;
  readonly condition: () => VaultCondition | undefined;
  readonly host: () => DashboardHost;
  readonly outcome: Outcome;
}

/**
 * Turns an element to what is stored and carries what is asked of it: reads it when it comes on view or the vault
 * opens, and forgets it when it leaves or locks.
 */
export class StoredTurning implements ReactiveController {
  readonly #element: LitElement;
  readonly #options: StoredTurningOptions;
  readonly #book: StoredBook;
  #isOnView = false;

  constructor(element: LitElement, options: StoredTurningOptions) {
    this.#element = element;
    this.#options = options;
    this.#book = new StoredBook({
      loadOverview: () => options.host().request('loadStored', {}),
      loadPage: (kind, beforeMs) => options.host().request('loadStoredPage', { kind, beforeMs }),
      onChange: () => {
        element.requestUpdate();
      },
    });
    element.addController(this);
  }

  get view(): StoredView {
    return this.#book.view;
  }

  hostConnected(): void {
    this.#element.addEventListener(StoredEvent.type, this.#hear);
  }

  hostDisconnected(): void {
    this.#element.removeEventListener(StoredEvent.type, this.#hear);
  }

  hostUpdate(): void {
    const condition = this.#options.condition();
    const isReadable = condition === 'ready' || condition === 'unwritable';
    const wasOnView = this.#isOnView;
    this.#isOnView = this.#options.isWanted() && isReadable;
    if (!this.#isOnView) {
      this.#book.close();
    } else if (!wasOnView) {
      // Its first change asks for a drawing, which must not happen while this one is being prepared.
      queueMicrotask(() => void this.#book.read());
    }
  }

  /** The page was turned; the keyboard goes along, to the page's begin or back to where it came from. */
  async turned(): Promise<void> {
    const isStored = this.#options.isWanted();
    this.#options.outcome.say(text(isStored ? 'stored.title' : 'dashboard.label'));
    await this.#element.updateComplete;
    const root = this.#element.renderRoot;
    if (isStored) {
      window.scrollTo(0, 0);
      const page = root.querySelector('millrace-stored');
      await page?.updateComplete;
      page?.focus();
    } else {
      await root.querySelector('millrace-vault')?.focusStored();
    }
  }

  /** Tells what became of a request to change a record, and shows what is stored now. */
  changed(outcome: StoredOutcome): void {
    const words = text(`stored.outcome.${outcome}`);
    if (outcome === 'failed') {
      this.#options.outcome.fail(words);
    } else {
      this.#options.outcome.say(words);
    }
    if (this.#isOnView) {
      void this.#book.read();
    }
  }

  readonly #hear = (event: Event): void => {
    if (!(event instanceof StoredEvent)) {
      return;
    }
    const { request } = event;
    this.#options.outcome.say();
    if (request.want === 'read') {
      void this.#book.read();
    } else if (request.want === 'more') {
      void this.#book.more(request.kind);
    } else {
      void this.#change(request);
    }
  };

  /** The host asks the person; it rejects when it came to nothing. */
  async #change({ want, kind, id }: ChangeRequest): Promise<void> {
    const name = want === 'delete' ? 'deleteStored' : 'correctStored';
    try {
      await this.#options.host().request(name, { kind, id });
    } catch {
      this.changed('failed');
    }
  }
}
