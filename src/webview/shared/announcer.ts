import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { sharedStyles } from './sharedStyles.ts';

/**
 * The one polite live region: tells a screen reader when the state has changed, at most once a minute, and
 * never the first state, which is read with the page. Urgent words (what a press of a button came to) go at once.
 */
@customElement('millrace-announcer')
export class Announcer extends LitElement {
  static override readonly styles = [sharedStyles];

  /** The state in words; told when it changes. */
  @property({ attribute: false }) accessor message = '';
  /** The outcome of something that the person did. */
  @property({ attribute: false }) accessor outcome = '';
  /** Milliseconds between two state changes that are told. */
  @property({ attribute: false }) accessor quietMs = 60_000;

  #said = '';
  #told = '';
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('outcome') && this.outcome !== '') {
      this.#said = this.outcome;
    }
    if (changed.has('message') && this.message !== this.#told) {
      if (this.#told === '') {
        this.#told = this.message;
      } else {
        this.#later();
      }
    }
  }

  override render(): TemplateResult {
    return html`<p class="sr" role="status" aria-live="polite">${this.#said}</p>`;
  }

  #later(): void {
    const waitMs = Math.max(0, this.#lastMs + this.quietMs - performance.now());
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined;
      if (this.message !== this.#told) {
        this.#lastMs = performance.now();
        this.#told = this.message;
        this.#said = this.message;
        this.requestUpdate();
      }
    }, waitMs);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-announcer': Announcer;
  }
}
