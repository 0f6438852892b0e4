import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { systemErrorCode } from '../../base/errors.ts';
import { compact, type CompactionPlace } from './compaction.ts';
import { takeReserve } from './uniteReadable.ts';
import { shredFile } from '../../files/shredFile.ts';
import { readTombstones } from '../kinds/tombstoneKind.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RecordId } from '../record.ts';
import { readSegment } from '../segments/segmentReader.ts';
import { openSnapshot } from '../database/snapshot.ts';
import {
  holdsTemplate,
  keptVersions,
  listTemplates,
  surplusTemplates,
} from '../database/templateStore.ts';
import { VaultError } from '../vaultError.ts';
import { damagedFolderName, dataFolderNames, trashFolderName } from '../folder/vaultFolder.ts';
import { listFiles } from '../folder/vaultListing.ts';
import { readSegmentFile } from '../folder/vaultParts.ts';

export interface PurgePlace extends CompactionPlace {
  readonly sqlite: SqlJsStatic;
}

/** Deletes all but the newest versions of each name. The next snapshot says so for ever. */
export function pruneTemplates(ledger: Ledger, deletedMs: number): void {
  const surplus = surplusTemplates(listTemplates(ledger.database, deletedMs), keptVersions);
  if (surplus.length > 0) {
    ledger.take(surplus.map(({ id }) => ({ type: 'tombstone', id, deletedMs })));
  }
}

/**
 * Removes every trace of templates that were deleted: compacts, so that what is current is sealed again without
 * them, and then overwrites and removes whatever else holds one, the trash and what was set aside among it.
 * What else such a file holds is in the new snapshot first.
 * @returns how many files may still hold one: damaged ones, until they are salvaged.
 */
export async function purgeDeletedTemplates(ledger: Ledger, place: PurgePlace): Promise<number> {
  const trash = path.join(place.folder, trashFolderName);
  await ledger.refresh();
  const deleted = new Set(readTombstones(ledger.database).map(({ id }) => id));
  const search = new TemplateSearch(deleted, place, ledger);
  const toShred: string[] = [];
  for (const file of await listFiles(trash)) {
    if ((await search.look(path.join(trash, file))) === 'holds') {
      await takeIn(path.join(trash, file), ledger, place);
      toShred.push(file);
    }
  }
  if (toShred.length === 0 && (await search.lookThrough()).length === 0) {
    return 0;
  }
  const damaged = path.join(place.folder, damagedFolderName);
  const setAside: string[] = [];
  for (const file of await listFiles(damaged)) {
    if ((await search.look(path.join(damaged, file))) !== 'free') {
      setAside.push(path.join(damaged, file));
    }
  }
  if (setAside.length > 0) {
    // Salvage took what could be read of these; the snapshot that it made may be lost.
    await takeReserve(ledger, place.folder, place.sqlite);
  }
  const { inTrash } = await compact(ledger, place);
  for (const file of inTrash) {
    if ((await search.look(path.join(trash, file))) === 'holds') {
      toShred.push(file);
    }
  }
  for (const file of toShred) {
    await shredFile(path.join(trash, file));
  }
  for (const file of setAside) {
    await shredFile(file);
  }
  return (await search.lookThrough()).length;
}

/** It is superseded already, but it costs little to be sure. */
async function takeIn(file: string, ledger: Ledger, place: PurgePlace): Promise<void> {
  if (file.endsWith('.seg')) {
    await ledger.readDiscarded(file);
    return;
  }
  const snapshot = openSnapshot(file, ledger.keys, place.sqlite);
  try {
    ledger.takeDatabase(snapshot.database, { unsound: 'leaveOut' });
  } finally {
    snapshot.dispose();
  }
}

/** Looks for deleted templates in files as they are. */
class TemplateSearch {
  readonly #deleted: ReadonlySet<RecordId>;
  readonly #place: PurgePlace;
  readonly #ledger: Ledger;

  constructor(deleted: ReadonlySet<RecordId>, place: PurgePlace, ledger: Ledger) {
    this.#deleted = deleted;
    this.#place = place;
    this.#ledger = ledger;
  }

  /** Every file of the vault that holds one, or of which a part can't be read. */
  async lookThrough(): Promise<string[]> {
    const found: string[] = [];
    for (const name of dataFolderNames) {
      const folder = path.join(this.#place.folder, name);
      for (const file of await listFiles(folder)) {
        if ((await this.look(path.join(folder, file))) !== 'free') {
          found.push(path.join(folder, file));
        }
      }
    }
    return found;
  }

  async look(file: string): Promise<'holds' | 'perhaps' | 'free'> {
    try {
      return file.endsWith('.seg')
        ? await this.#lookIntoSegment(file)
        : file.endsWith('.age')
          ? this.#lookIntoSnapshot(file)
          : 'free';
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT' || isNotOurs(error)) {
        return 'free';
      }
      if (VaultError.is(error)) {
        return 'perhaps';
      }
      throw error;
    }
  }

  async #lookIntoSegment(file: string): Promise<'holds' | 'perhaps' | 'free'> {
    const { records, damage } = readSegment(await readSegmentFile(file), this.#ledger.keys);
    return records.some((record) => record.type === 'template' && this.#deleted.has(record.id))
      ? 'holds'
      : (damage?.gaps.length ?? 0) > 0
        ? 'perhaps'
        : 'free';
  }

  #lookIntoSnapshot(file: string): 'holds' | 'free' {
    const snapshot = openSnapshot(file, this.#ledger.keys, this.#place.sqlite);
    try {
      return holdsTemplate(snapshot.database, this.#deleted) ? 'holds' : 'free';
    } finally {
      snapshot.dispose();
    }
  }
}

/** No key at hand opens it, or somebody else wrote it: neither do we read it, nor does it hold what we deleted. */
function isNotOurs(error: unknown): boolean {
  return (
    VaultError.is(error, 'wrongKey') ||
    VaultError.is(error, 'destroyed') ||
    VaultError.is(error, 'untrusted')
  );
}
