/** Whether there is a person at this window, as far as the editor can tell. */
export interface Presence {
  /** The window is in front. */
  readonly focused: boolean;
  /** The person touched keyboard or mouse in this window lately. */
  readonly active: boolean;
  /** The person paused tracking. */
  readonly paused: boolean;
  /** In front is a document of which the editor does not tell edits: whether somebody types there can't be told. */
  readonly untold?: true;
}
