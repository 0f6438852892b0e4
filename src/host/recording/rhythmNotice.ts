import * as vscode from 'vscode';
import type { Notices } from '../notices/notices.ts';
import type { RhythmHintOptions } from './rhythmHint.ts';

const key = 'rhythmHint';

/** The words of the rhythm hint. They claim nothing of who types. */
export function rhythmNotice(notices: Notices): RhythmHintOptions['notice'] {
  return {
    show: (wasMe) => {
      notices.inform(
        key,
        vscode.l10n.t(
          'This does not look like your usual typing rhythm. A new keyboard or a tired hand is enough for that; it proves nothing, and nothing is locked.',
        ),
        [{ title: vscode.l10n.t('That Was Me'), run: wasMe }],
      );
    },
    clear: () => {
      notices.clear(key);
    },
  };
}
