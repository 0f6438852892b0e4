import path from 'node:path';
import { shredFile } from '../../files/shredFile.ts';
import { noSteps } from '../../files/stepHook.ts';
import { readTombstones } from '../../vault/kinds/tombstoneKind.ts';
import {
  damagedFolderName,
  parseSegmentName,
  segmentsFolderName,
  snapshotsFolderName,
  trashFolderName,
} from '../../vault/folder/vaultFolder.ts';
import { listFiles, parseSnapshotName } from '../../vault/folder/vaultListing.ts';
import { compact } from '../../vault/upkeep/compaction.ts';
import { onceNobodyCompacts } from '../../vault/upkeep/compactionLock.ts';
import { takeReserve } from '../../vault/upkeep/uniteReadable.ts';
import type { Ledger } from '../../vault/ledger/ledger.ts';
import type { RecordId, VaultRecord } from '../../vault/record.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { DeletedSearch, isSegment } from './deletedSearch.ts';
import type { Unreached } from '../messages/eraseMessages.ts';
import { openUnlessDamaged } from '../copies/openAuthentic.ts';
import { placeholderOf } from '../copies/toolNames.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** A peer that writes what it had read before is caught up with this often. */
const mostRounds = 3;

export interface VaultErasure {
  /** Files that were overwritten and removed. */
  readonly files: number;
  readonly unreached: readonly Unreached[];
}

/**
 * Takes records out of a vault's folder for good. First one new snapshot says so: until it has its name, all is as it was; from
 * then on nobody reads what is deleted. Then every file that still has it is overwritten and removed, once all else in it is
 * in that snapshot. Whatever was deleted before goes with it, so a run that was cut short is finished by the next.
 * @param ledger the folder's, which is read here
 * @param changes the deletions, and what takes the place of what is deleted, from the vault as it is under the lock
 * @throws {TransferError} `busy` when another process goes on compacting
 */
export async function eraseInVault(
  folder: string,
  ledger: Ledger,
  changes: (database: Database) => readonly VaultRecord[],
  place: JobPlace,
): Promise<VaultErasure> {
  const done = await onceNobodyCompacts(folder, place, async () => {
    await ledger.refresh();
    ledger.take(changes(ledger.database));
    let files = 0;
    for (let round = 1; ; round++) {
      const removed = await eraseOnce(folder, ledger, place);
      files += removed;
      if (removed === 0 || round === mostRounds) {
        return { files, unreached: await whatIsLeft(folder, searchOf(ledger, place)) };
      }
      await ledger.refresh();
    }
  });
  if (done === undefined) {
    throw new TransferError('busy', 'Another window is compacting the vault');
  }
  return done;
}

/** Every record that is deleted in a vault. */
export function deletedIn(database: Database): ReadonlySet<RecordId> {
  return new Set(readTombstones(database).map(({ id }) => id));
}

function searchOf(ledger: Ledger, place: JobPlace): DeletedSearch {
  return new DeletedSearch(deletedIn(ledger.database), place);
}

/** @returns how many files it removed */
async function eraseOnce(folder: string, ledger: Ledger, place: JobPlace): Promise<number> {
  const { clock, log, signal, step = noSteps } = place;
  const search = searchOf(ledger, place);
  const trash = path.join(folder, trashFolderName);
  const toShred: string[] = [];
  for (const file of await listFiles(trash)) {
    if (isToGo(await search.look(path.join(trash, file)))) {
      await takeIn(path.join(trash, file), ledger, place);
      toShred.push(path.join(trash, file));
    }
  }
  const found = await search.lookThrough(folder);
  const leftovers = await temporaryFiles(folder);
  if (found.size === 0 && leftovers.length === 0) {
    return 0;
  }
  const setAside: string[] = [];
  const damaged = path.join(folder, damagedFolderName);
  for (const file of await listFiles(damaged)) {
    if (isToGo(await search.look(path.join(damaged, file)))) {
      setAside.push(path.join(damaged, file));
    }
  }
  if (setAside.length > 0) {
    // Salvage took what could be read of these; the snapshot that it made may be lost.
    await takeReserve(ledger, folder, place.sqlite);
    toShred.push(...setAside);
  }
  // Copies that a sync tool made of the vault's files: nobody reads them, and no compaction takes them away.
  for (const file of [...found.keys()].filter(isStray)) {
    await takeIn(file, ledger, place);
    toShred.push(file);
  }
  signal.throwIfAborted();
  step('erase: before the snapshot');
  const { inTrash } = await compact(ledger, { folder, clock, log });
  step('erase: snapshot written');
  for (const file of inTrash) {
    if (isToGo(await search.look(path.join(trash, file)))) {
      toShred.push(path.join(trash, file));
    }
  }
  for (const file of [...toShred, ...leftovers]) {
    step('erase: before a file goes');
    await shredFile(file);
  }
  return toShred.length + leftovers.length;
}

function whyUnread(file: string): 'unreachable' | 'damaged' {
  return placeholderOf(path.basename(file)) === undefined ? 'damaged' : 'unreachable';
}

/** Whether a file lies where segments and snapshots do, and is called as none of them. What stands for one may be all there is of it. */
function isStray(file: string): boolean {
  const name = path.basename(file);
  if (placeholderOf(name) !== undefined) {
    return false;
  }
  switch (path.basename(path.dirname(file))) {
    case segmentsFolderName:
      return parseSegmentName(name) === undefined;
    case snapshotsFolderName:
      return parseSnapshotName(name) === undefined;
    default:
      return false;
  }
}

function isToGo(finding: string): boolean {
  return finding === 'holds' || finding === 'perhaps';
}

/** It is superseded already, but it costs little to be sure. One that is damaged has nothing to give. */
async function takeIn(file: string, ledger: Ledger, place: JobPlace): Promise<void> {
  if (await isSegment(file)) {
    await ledger.readDiscarded(file);
    return;
  }
  const snapshot = openUnlessDamaged(file, 'snapshot', ledger.keys, place);
  try {
    if (snapshot !== undefined) {
      ledger.takeDatabase(snapshot.database);
    }
  } finally {
    snapshot?.dispose();
  }
}

/**
 * What processes that were killed left of snapshots. Under the lock nobody compacts; whoever makes a snapshot without it is
 * told that it could not be written, and tries again.
 */
async function temporaryFiles(folder: string): Promise<string[]> {
  const snapshots = path.join(folder, snapshotsFolderName);
  const names = await listFiles(snapshots);
  return names.filter((name) => name.endsWith('.tmp')).map((name) => path.join(snapshots, name));
}

async function whatIsLeft(folder: string, search: DeletedSearch): Promise<Unreached[]> {
  const found = await search.lookThrough(folder);
  return [...found].map(([file, finding]) => {
    const isOpen = finding === 'holds' && path.basename(path.dirname(file)) === segmentsFolderName;
    return {
      place: isOpen ? 'window' : 'vaultFile',
      name: file,
      reason: isOpen ? 'busy' : finding === 'holds' ? 'failed' : whyUnread(file),
    };
  });
}
