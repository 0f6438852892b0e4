import * as v from 'valibot';
import { journalBytes, journalKind } from '../undo/restoreJournal.ts';
import { knownBlock, type KnownBlock } from './knownBlock.ts';

const deadline = v.pipe(v.number(), v.finite());

/** What the journal says of a hosts file that is changed. */
export const hostsEntryKind = journalKind('hosts', {
  owner: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  /** `helper`: the root-owned helper does it; it keeps what it needs by itself. */
  via: v.picklist(['direct', 'helper']),
  file: v.string(),
  temporaryName: v.pipe(v.string(), v.regex(/^\.millrace-[0-9a-f]{8}\.tmp$/)),
  /** The whole file as it was before the block. */
  original: v.optional(journalBytes),
  /** An edit in place that may have been torn. */
  intent: v.optional(v.strictObject({ before: journalBytes, after: journalBytes })),
  /** All names that were blocked since the entry was made, and the deadlines that stood in the file; not in the first versions. */
  names: v.optional(v.array(v.pipe(v.string(), v.maxLength(253)))),
  deadlines: v.optional(v.array(deadline)),
  /** Entries that were found between the marks and taken out, where others like them are left: `4 NAME`, `6 NAME`. */
  found: v.optional(v.array(v.pipe(v.string(), v.maxLength(255)))),
  /** Lines of which nobody can tell whose they are, as they were shown to the person. */
  shown: v.optional(v.array(v.string())),
});

export type HostsEntry = v.InferOutput<typeof hostsEntryKind.schema>;

/** What an entry knows of its block; `undefined` for one of the first versions. */
export function knownByEntry(
  { owner, names, deadlines = [], found = [], original }: HostsEntry,
  owners: readonly string[],
): KnownBlock | undefined {
  const of = {
    owners: new Set([owner, ...owners]),
    names: new Set(names),
    deadlines: new Set(deadlines),
    found: new Set(found),
  };
  return names === undefined
    ? undefined
    : knownBlock(
        of,
        original === undefined ? undefined : Buffer.from(original, 'base64').toString('latin1'),
      );
}
