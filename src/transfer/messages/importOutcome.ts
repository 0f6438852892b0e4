import type { ImportReport } from './exportMessages.ts';

/**
 * What comes of an import. `added`: something does. Else nothing: `alreadyThere`, what is not left out of the file is in the vault;
 * `leftOut`, all of it is left out; `empty`, there is nothing in it.
 */
export type ImportOutcome = 'added' | 'alreadyThere' | 'leftOut' | 'empty';

/** What came of an import, or would come of it. */
export function importOutcome({ added, leftOut }: ImportReport): ImportOutcome {
  if (added.sessions + added.minutes + added.others > 0) {
    return 'added';
  }
  if ((leftOut.alreadyThere ?? 0) > 0) {
    return 'alreadyThere';
  }
  return Object.keys(leftOut).length > 0 ? 'leftOut' : 'empty';
}
