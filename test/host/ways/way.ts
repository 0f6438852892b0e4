import type { HeardEdit } from '../recordedEvents.ts';
import type { Desk } from './desk.ts';

/** One way in which a document changes. */
export interface Way {
  /** As the table of docs/what-counts.md names it. */
  readonly name: string;
  /** So many characters are typed in it. */
  readonly typedChars?: number;
  /** Tries it, and returns what was told of it. */
  readonly attempt: (desk: Desk) => Promise<readonly HeardEdit[]>;
}

/** Ways that belong together, under a heading of the table. */
export interface WayGroup {
  readonly title: string;
  readonly ways: readonly Way[];
}
