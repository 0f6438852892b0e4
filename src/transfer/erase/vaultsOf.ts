import path from 'node:path';
import { foldersOf, idsOf, leadTo } from '../../vault/folder/successions.ts';
import { readSuccessions, strayVaults } from '../../vault/folder/vaultLocation.ts';
import { vaultMarkOf } from '../../vault/folder/vaultMark.ts';
import { shortVaultId } from '../copies/backupNames.ts';

/** The vaults that belong to one vault, and to no other in its storage folder. */
export interface VaultsOfOne {
  /** Of its succession, the current one first; none where none was ever restored in its place. */
  readonly succession: readonly string[];
  /** Of restores that were ended before their last step, of a vault of the same id. */
  readonly strays: readonly string[];
  /** Other restored vaults that no list names. */
  readonly otherStrays: readonly string[];
}

/**
 * Finds the vaults that belong to the one in a folder.
 * @throws {VaultError} as `readSuccessions`; what the file system says about the folder of restored vaults
 */
export async function vaultsOf(storage: string, folder: string): Promise<VaultsOfOne> {
  const successions = await readSuccessions(storage);
  const { succession } = leadTo(folder, successions);
  const own = vaultMarkOf(folder)?.vault;
  const ids = [
    ...(succession === undefined ? [] : idsOf(succession)),
    ...(own === undefined ? [] : [own]),
  ];
  const strays = await strayVaults(storage);
  // Of what a purge that was cut short has left nobody can tell; where no other vault is known, it is this one's.
  const isAlone = ids.length === 0 && successions.every((each) => each === succession);
  const isOwn = (stray: string): boolean => isAlone || ids.some((id) => mayBeOf(stray, id));
  return {
    succession: succession === undefined ? [] : foldersOf(succession),
    strays: strays.filter(isOwn),
    otherStrays: strays.filter((each) => !isOwn(each)),
  };
}

/** Whether a restored vault is of an id, which its name begins with as long as it has no `vault.json`. */
function mayBeOf(stray: string, id: string): boolean {
  const there = vaultMarkOf(stray)?.vault;
  return there === undefined
    ? path.basename(stray).startsWith(`${shortVaultId(id)}-`)
    : there === id;
}
