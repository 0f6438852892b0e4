/** The kinds of event in the ring, as the small integers that it stores. */
export const EventKind = {
  /**
   * One key that types: a character, a newline with what the editor adds, an auto-closed pair, Tab, a key of an input
   * method. The last adds none to two characters; where it takes some back, they are told as deleted.
   */
  insert: 0,
  delete: 1,
  /** Eight characters or more, or several lines at once: paste, completion, assistant, snippet. */
  block: 2,
  /**
   * A selection or word written over by less than a block; with no characters at all, a command that moves lines or
   * changes their form.
   */
  replace: 3,
  /** Undo and redo. */
  undo: 4,
  /** An edit of which the editor tells too little to say more: too much at once for a key, or no sign of one. */
  unknown: 5,
  /** A selection moved by keyboard or mouse. */
  navigate: 6,
  /** The window lost the focus, or got it. */
  blur: 7,
  focus: 8,
  /** A key that came in one batch with others: typed, but when, and how fast, nobody knows. */
  late: 9,
} as const;

export type EventKind = (typeof EventKind)[keyof typeof EventKind];
