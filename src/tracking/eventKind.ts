/** The kinds of event in the ring, as the small integers that it stores. */
export const EventKind = {
  /** One character, or one newline with its indent, or an auto-closed pair. */
  insert: 0,
  delete: 1,
  /** Eight characters or more, or several lines at once: paste, completion, assistant, snippet. */
  block: 2,
  /** A selection or word written over by less than a block. */
  replace: 3,
  /** Undo and redo. */
  undo: 4,
  /** An edit of which the editor tells too little to say more: two to seven characters at once. */
  unknown: 5,
  /** A selection moved by keyboard or mouse. */
  navigate: 6,
  /** The window lost the focus, or got it. */
  blur: 7,
  focus: 8,
} as const;

export type EventKind = (typeof EventKind)[keyof typeof EventKind];
