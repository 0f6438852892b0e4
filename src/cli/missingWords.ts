import * as l10n from '@vscode/l10n';
import { visibleText } from '../base/visibleText.ts';
import type { MissingPart } from '../transfer/messages/syncMessages.ts';

/** Says that what came back is only a part, and what is missing; nothing where it is all. */
export function missingWords(missing: readonly MissingPart[]): string {
  if (missing.length === 0) {
    return '';
  }
  const files = new Map(missing.map(({ file, reason }) => [file, reason]));
  const months = new Set(missing.map(({ month }) => monthWords(month)));
  const lines = [
    l10n.t(
      'This is only a part: {0} files could not be read, with what they hold of {1}.',
      files.size,
      [...months].sort().join(', '),
    ),
    ...[...files].map(
      ([file, reason]) => `  ${l10n.t('not read: {0} ({1})', visibleText(file), reason)}`,
    ),
    l10n.t('When they can be read, merge again: what is here already is not doubled.'),
  ];
  return `${lines.join('\n')}\n`;
}

function monthWords(month: string | null): string {
  switch (month) {
    case null:
      return l10n.t('a time that is not known');
    case 'tombstones':
      return l10n.t('deletions');
    default:
      return month;
  }
}
