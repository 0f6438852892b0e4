import * as v from 'valibot';
import { transferFailures } from '../transferError.ts';

/** The drill: does a recovery kit do what it is kept for? */

/**
 * `works`; `otherVault`: it is of another vault; `beforeRotation`: of this one, before its keys were changed; `unreadable`: it is no
 * kit, or a key in it is not as it was; `opensNoBackup`: it is the vault's, and still the newest backup does not open.
 */
const kitResults = [
  'works',
  'otherVault',
  'beforeRotation',
  'unreadable',
  'opensNoBackup',
] as const;

const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));

const params = v.strictObject({
  /** The kit: the text, or the page. */
  text: v.pipe(v.string(), v.maxLength(262_144)),
  backupFolders: v.array(filePath),
});
const checked = v.strictObject({
  result: v.picklist(kitResults),
  /** What it was tried on: a backup, or where there is none a snapshot of the vault; `null` where there is neither. */
  file: v.nullable(v.string()),
  /** Why that did not open. */
  reason: v.nullable(v.picklist(transferFailures)),
  /** Where a kit that is `unreadable` is not as it was, where that can be told; counted from 1. */
  line: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});
export type CheckKitParams = v.InferOutput<typeof params>;
export type CheckedKit = v.InferOutput<typeof checked>;

export const kitMessages = {
  checkRecoveryKit: { params, result: checked },
} as const;
