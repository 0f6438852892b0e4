import { existsSync } from 'node:fs';
import path from 'node:path';
import { isSamePlace, placeOf } from '../../files/place.ts';
import { vaultsFolderName } from './successions.ts';
import { findLead } from './vaultLocation.ts';
import { vaultMarkOf } from './vaultMark.ts';

/** A vault that a command line names by its folder. */
export interface NamedVault {
  /** Of the vault: the one that was named, or the one that was restored in its place. */
  readonly folder: string;
  /** The folder that its keys, the device's id and restored vaults are in. */
  readonly storage: string;
}

/** The folder of the keys of vaults that a command line makes, in the storage folder. */
export const keysFolderName = 'keys';

/**
 * Finds the vault that somebody names by its folder. Its storage folder is the one that the vault lies in, whichever link it was
 * named by, and whether it is the vault that was made there or a restored one in its `vaults/`.
 * @throws {VaultError} `unknownVersion`, `damaged`, when nobody can tell which vault is the current one
 */
export async function findNamedVault(folder: string): Promise<NamedVault> {
  const storages = storagesOf(folder);
  let known: string | undefined;
  for (const storage of storages) {
    const lead = await findLead(storage, folder);
    if (lead.succession !== undefined) {
      known ??= storage;
    }
    if (lead.folder !== folder) {
      return { folder: lead.folder, storage };
    }
  }
  return { folder, storage: known ?? storageWithKey(folder, storages) };
}

/** Folders that may be the storage folder of a vault, the likeliest first. */
function storagesOf(folder: string): readonly [string, ...string[]] {
  const named = path.dirname(path.resolve(folder));
  const real = path.dirname(placeOf(folder).path);
  const isPlain = isSamePlace(placeOf(named), placeOf(real));
  const own = isPlain ? named : real;
  return [
    own,
    ...(path.basename(real) === vaultsFolderName ? [path.dirname(own)] : []),
    // A vault that was made or restored through a link has its key or its list beside the link.
    ...(isPlain ? [] : [named]),
  ];
}

function storageWithKey(folder: string, storages: readonly [string, ...string[]]): string {
  const vault = vaultMarkOf(folder)?.vault;
  const withKey = storages.find(
    (each) => vault !== undefined && existsSync(path.join(each, keysFolderName, `${vault}.key`)),
  );
  return withKey ?? storages[0];
}
