import type { StoredKind } from '../../readings/storedReading.ts';

/** What the person wants of what is stored; rises through shadow roots. */
export type StoredRequest =
  | { readonly want: 'delete' | 'correct'; readonly kind: StoredKind; readonly id: string }
  | { readonly want: 'more'; readonly kind: StoredKind }
  /** Read from the start. */
  | { readonly want: 'read' };

/** A request to change one record. */
export type ChangeRequest = Extract<StoredRequest, { readonly id: string }>;

/** The person wants something of what is stored. */
export class StoredEvent extends Event {
  static readonly type = 'millrace-stored';
  readonly request: StoredRequest;

  constructor(request: StoredRequest) {
    super(StoredEvent.type, { bubbles: true, composed: true });
    this.request = request;
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
