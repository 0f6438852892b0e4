import type { StoredKind } from '../../readings/storedReading.ts';

/** What the person wants of what is stored; rises through shadow roots. */
export type StoredRequest =
  | { readonly wish: 'delete' | 'correct'; readonly kind: StoredKind; readonly id: string }
  | { readonly wish: 'more'; readonly kind: StoredKind }
  /** Read from the start. */
  | { readonly wish: 'read' };

/** A wish about one record. */
export type ChangeRequest = Extract<StoredRequest, { readonly id: string }>;

/** The person wants something of what is stored. */
export class StoredEvent extends Event {
  static readonly type = 'millrace-stored';
  readonly wish: StoredRequest;

  constructor(wish: StoredRequest) {
    super(StoredEvent.type, { bubbles: true, composed: true });
    this.wish = wish;
  }
}

/** Something that the page did by itself, in words for a screen reader. */
export class DoneEvent extends Event {
  static readonly type = 'millrace-done';
  readonly words: string;

  constructor(words: string) {
    super(DoneEvent.type, { bubbles: true, composed: true });
    this.words = words;
  }
}
