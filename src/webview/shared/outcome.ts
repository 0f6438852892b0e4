import type { LitElement } from 'lit';
import { text } from './strings.ts';

/** What became of what a person asked for last: said to who listens, and shown where it came to nothing. */
export class Outcome {
  readonly #element: LitElement;
  #words = '';
  #hasFailed = false;

  constructor(element: LitElement) {
    this.#element = element;
  }

  get words(): string {
    return this.#words;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** It went well; without words there is nothing to say of it. */
  say(words = ''): void {
    this.#set(words, false);
  }

  /** It came to nothing; the host has logged why. */
  fail(words = text('action.failed')): void {
    this.#set(words, true);
  }

  #set(words: string, hasFailed: boolean): void {
    this.#words = words;
    this.#hasFailed = hasFailed;
    this.#element.requestUpdate();
  }
}
