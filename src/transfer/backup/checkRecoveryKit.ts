import path from 'node:path';
import { snapshotsFolderName } from '../../vault/folder/vaultFolder.ts';
import { listSnapshots } from '../../vault/folder/vaultListing.ts';
import { wipe, type Identity } from '../../vault/age/identity.ts';
import { identitiesInKit, vaultOfKit } from '../../vault/keys/recoveryKitReader.ts';
import { currentIdentityOf, type VaultFile } from '../../vault/protectors/vaultFile.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { presentVault } from '../copies/presentVault.ts';
import type { CheckedKit, CheckKitParams } from '../messages/kitMessages.ts';
import { CopySigner } from '../copies/copySigner.ts';
import { checkPages, openAuthentic } from '../copies/openAuthentic.ts';
import { ownBackups } from './pruneBackups.ts';
import { backupsAhead } from './retention.ts';
import { asTransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * The drill: whether a kit is one, is the vault's as it is now, and really opens the newest backup. The vault's own keys are not
 * asked. Writes nothing.
 */
export async function checkRecoveryKit(
  { text, backupFolders }: CheckKitParams,
  place: JobPlace,
): Promise<CheckedKit> {
  const vault = await presentVault(place);
  let identities: Identity[];
  let ofVault: string | undefined;
  try {
    ofVault = vaultOfKit(text);
    identities = identitiesInKit(text);
  } catch (error) {
    const line = VaultError.is(error) ? error.line : undefined;
    const place = line === undefined ? {} : { line };
    return { result: 'unreadable', file: null, reason: null, ...place };
  }
  try {
    const recipients = new Set(identities.map(({ recipient }) => recipient));
    if (!recipients.has(vault.recipient)) {
      const wasOurs =
        ofVault === vault.vault ||
        vault.identities.some(({ recipient }) => recipients.has(recipient));
      return { result: wasOurs ? 'beforeRotation' : 'otherVault', file: null, reason: null };
    }
    const file = await newestSealed(backupFolders, vault, place);
    if (file === undefined) {
      return { result: 'works', file: null, reason: null };
    }
    try {
      const opened = openAuthentic(
        file,
        'backup',
        { keyring: identities, trust: new CopySigner(identities, ['snapshot']) },
        place,
      );
      try {
        checkPages(opened.database);
      } finally {
        opened.dispose();
      }
      return { result: 'works', file, reason: null };
    } catch (error) {
      place.signal.throwIfAborted();
      return { result: 'opensNoBackup', file, reason: asTransferError(error).reason };
    }
  } finally {
    wipe(...identities);
  }
}

/**
 * The newest backup of all folders that are there, or the vault's own newest snapshot. One that is dated after the clock comes
 * last: nobody knows how old it is; and after what the vault's owner signed what anybody may have put there.
 */
async function newestSealed(
  folders: readonly string[],
  vault: VaultFile,
  place: JobPlace,
): Promise<string | undefined> {
  const all: {
    readonly file: string;
    readonly createdMs: number;
    readonly isAhead: boolean;
    readonly isSigned: boolean;
  }[] = [];
  const owner = currentIdentityOf(vault)?.author;
  for (const folder of folders) {
    const own = await ownBackups(folder, vault.vault).catch(() => []);
    const { files: ahead } = backupsAhead(own, place.clock.wallMs());
    all.push(
      ...own.map(({ file, createdMs, author }) => ({
        file: path.join(folder, file),
        createdMs,
        isAhead: ahead.includes(file),
        isSigned: author !== undefined && author === owner,
      })),
    );
  }
  if (all.length === 0) {
    const snapshots = await listSnapshots(place.folder);
    all.push(
      ...snapshots.map(({ file, createdMs }) => ({
        file: path.join(place.folder, snapshotsFolderName, file),
        createdMs,
        isAhead: false,
        isSigned: true,
      })),
    );
  }
  return all.sort(
    (one, other) =>
      Number(other.isSigned) - Number(one.isSigned) ||
      Number(one.isAhead) - Number(other.isAhead) ||
      other.createdMs - one.createdMs,
  )[0]?.file;
}
