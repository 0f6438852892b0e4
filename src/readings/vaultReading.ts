import * as v from 'valibot';
import { count, wallMs } from '../facts/guards.ts';

/**
 * What can be done with the vault: `starting` until that is known, `ready` where its contents can be read, `untrusted` where its file is not
 * the one that this computer knows.
 */
export const vaultConditions = [
  'starting',
  'ready',
  'locked',
  'untrusted',
  'damaged',
  'unusable',
  'unwritable',
] as const;

export const vaultReading = v.strictObject({
  condition: v.picklist(vaultConditions),
  /** Locked by the person or by time, not for want of a key. */
  isWithheld: v.boolean(),
  /** Minutes that are only in memory because they could not be written. */
  unsavedMinutes: count,
  lastSnapshotMs: v.nullable(wallMs),
});

export type VaultReading = v.InferOutput<typeof vaultReading>;
export type VaultCondition = VaultReading['condition'];
