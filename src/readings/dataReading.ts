import * as v from 'valibot';
import { shortText, wallMs } from '../facts/guards.ts';

/** What the dashboard shows of backups outside the vault's folder. Names of folders only, never a path. */
export const dataReading = v.strictObject({
  /** The backup folder, where one is set. */
  backup: v.nullable(
    v.strictObject({
      folderName: shortText,
      isDaily: v.boolean(),
      lastMs: v.nullable(wallMs),
      verifiedMs: v.nullable(wallMs),
      /** Since when every try has failed, and why; `null` while all is well. */
      failing: v.nullable(v.strictObject({ sinceMs: wallMs, why: shortText })),
    }),
  ),
  /** The name of the folder that devices share, where one is set. */
  syncFolderName: v.nullable(shortText),
  /** The person may be asked to check that their recovery kit works. */
  asksForKitCheck: v.boolean(),
});
export type DataReading = v.InferOutput<typeof dataReading>;
