import * as v from 'valibot';
import { journalBytes, journalKind } from '../undo/restoreJournal.ts';

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
});

export type HostsEntry = v.InferOutput<typeof hostsEntryKind.schema>;
