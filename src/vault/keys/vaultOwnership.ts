import type { AcceptedFiles, VaultFile } from '../protectors/vaultFile.ts';

/** Changes to what a `vault.json` says of who may write, as functions from one to the next. Nothing here reads or writes. */

/** With a device among those that sign what they write. */
export function withDevice(file: VaultFile, publicKey: string, nowMs: number): VaultFile {
  return isDeviceOf(file, publicKey)
    ? file
    : {
        ...file,
        devices: [...(file.devices ?? []), { key: publicKey, createdMs: Math.round(nowMs) }],
      };
}

/** Whether a device signs for a vault. */
export function isDeviceOf({ devices = [] }: VaultFile, publicKey: string): boolean {
  return devices.some(({ key }) => key === publicKey);
}

/**
 * With what lies in the folder taken as the vault's own, whoever signed it: before this version nobody did, and at a rotation whoever did
 * loses the right.
 */
export function withAccepted(file: VaultFile, accepted: AcceptedFiles): VaultFile {
  return { ...file, accepted };
}

/** With no device but one: the others are let in again when they are unlocked with something that opens the vault as it is now. */
export function withOnlyDevice(file: VaultFile, publicKey: string, nowMs: number): VaultFile {
  return withDevice({ ...file, devices: [] }, publicKey, nowMs);
}
