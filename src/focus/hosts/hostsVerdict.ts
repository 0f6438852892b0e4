import { FocusError } from '../focusError.ts';
import type { HostsEntry } from './hostsEntry.ts';
import { splitHosts } from './hostsLine.ts';
import type { Removal } from './hostsRemoval.ts';
import { zeroEntry } from './knownBlock.ts';

/** What is said where a hosts file could not be put right. */

/** Entries came back, or were never gone. */
export function notUndone(): FocusError {
  return new FocusError(
    'notUndone',
    'Entries of Millrace are still in the hosts file: another program keeps them there, or the hosts helper left them. Try again in a moment.',
  );
}

/** @param lines from 1 on */
export function unsure(lines: readonly number[]): FocusError {
  return new FocusError(
    'unsure',
    'It holds lines that block names of your list and were not there before, and nobody can tell whether Millrace or another program wrote them. They were left as they are. Remove what you do not want, then try again: what is left then is yours.',
    undefined,
    lines,
  );
}

/**
 * An earlier version's helper takes out whole sections between marks as it wrote them, with all that stands there.
 * @throws {FocusError} `helperOld` where that would not do
 */
export function refuseOldHelper({ isPlain }: Removal): void {
  if (!isPlain) {
    throw new FocusError(
      'helperOld',
      'Another program has changed the entries of Millrace in the hosts file, and the hosts helper of an earlier version could take out too much. Install the helper again, then try again.',
    );
  }
}

/**
 * For an entry of the first versions, which does not name what was blocked, when the marks are gone as well: every line
 * that leads a name nowhere and was not there before.
 */
export function linesSince(
  text: string,
  { original }: Pick<HostsEntry, 'original'>,
): Removal['doubtful'] {
  if (original === undefined) {
    return [];
  }
  const before = new Set(zeroForms(Buffer.from(original, 'base64').toString('latin1')).values());
  return [...zeroForms(text)]
    .filter(([, form]) => !before.has(form))
    .map(([number, form]) => ({ number, text: form }));
}

/** Lines that lead names nowhere, from 1 on, and what they say. */
function zeroForms(text: string): ReadonlyMap<number, string> {
  const forms = new Map<number, string>();
  for (const [index, line] of splitHosts(text).lines.entries()) {
    const { family, names } = zeroEntry(line) ?? {};
    if (family !== undefined) {
      forms.set(index + 1, [family, names?.join(' ')].join(' '));
    }
  }
  return forms;
}
