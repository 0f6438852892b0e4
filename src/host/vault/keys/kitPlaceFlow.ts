import path from 'node:path';
import { exposureOf, type KitExposure } from '../../../vault/keys/kitPlace.ts';

/** What is asked, each resolving to `undefined` when the person has had enough. */
export interface KitPlaceQuestions {
  /** Where to save; the dialog begins at this path. */
  place(begin: string): Promise<string | undefined>;
  /** Whether it is meant to lie there. */
  exposed(exposure: KitExposure): Promise<'here' | 'elsewhere' | undefined>;
}

const kitName = 'millrace-recovery-kit.txt';

/**
 * Leads to where a recovery kit is saved. It begins in the home folder: where the editor's dialog begins by itself, in the open
 * folder, a key would soon be committed. A place from which it would be carried off is asked about once more.
 * @returns the path of the file; `undefined` when the person thought better of it
 */
export async function chooseKitPlace(
  home: string,
  openFolders: readonly string[],
  ask: KitPlaceQuestions,
): Promise<string | undefined> {
  for (;;) {
    const chosen = await ask.place(path.join(home, kitName));
    if (chosen === undefined) {
      return undefined;
    }
    const exposure = await exposureOf(chosen, openFolders);
    const answer = exposure === undefined ? 'here' : await ask.exposed(exposure);
    if (answer !== 'elsewhere') {
      return answer && chosen;
    }
  }
}
