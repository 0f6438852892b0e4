import path from 'node:path';
import { formatDay, type DayNumber } from '../../facts/localDay.ts';
import { deviceNamedIn } from '../copies/toolNames.ts';
import { believeIn } from '../../vault/trust/believedFile.ts';
import { readVaultFile } from '../../vault/keys/vaultStore.ts';
import { Ledger } from '../../vault/ledger/ledger.ts';
import type { RecordId } from '../../vault/record.ts';
import { deletionsFor } from './deletions.ts';
import { DeletedSearch } from './deletedSearch.ts';
import { eraseInBackups } from './eraseBackups.ts';
import { findInBackups } from './findInBackups.ts';
import type {
  EraseParams,
  ErasePlan,
  EraseReport,
  PlanEraseParams,
  Unreached,
} from '../messages/eraseMessages.ts';
import { erasableKinds } from '../../readings/storedReading.ts';
import { erasureOf, selectRecords, type Selected } from './eraseSelection.ts';
import { eraseInSync } from './eraseSync.ts';
import { findInSync } from './findInSync.ts';
import { deletedIn, eraseInVault } from './eraseVault.ts';
import { forgetImport, readImports } from '../import/importList.ts';
import { isStored } from '../records/recordKinds.ts';
import { asTransferError, TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';
import { isSamePlace, placeOf } from '../../files/place.ts';
import { vaultsOf } from './vaultsOf.ts';

/** Erasing, and what it would be: docs/erasing.md. */

/** Nobody knows where these are; a person has to be told each time. */
const neverReached: readonly Unreached[] = [
  { place: 'copies', name: '', reason: null },
  { place: 'recoveryKits', name: '', reason: null },
];
/** Vault, earlier vaults, backups, sync folder. */
const stages = 4;

/** What would be erased, and where it lies. Writes nothing. @throws {TransferError} `failed` for days that are none */
export async function planErase(params: PlanEraseParams, place: JobPlace): Promise<ErasePlan> {
  const { database } = await place.ledger();
  const passed = (): void => {
    place.progress(0, stages);
    place.signal.throwIfAborted();
  };
  const selected = [...selectRecords(database, params.selection, passed)];
  const ids = selected.map(({ id }) => id);
  const wanted = new Set([...ids, ...deletedIn(database)]);
  const search = new DeletedSearch(wanted, place);
  const unreached: Unreached[] = [];
  const backups: string[] = [];
  const vaults = [place.folder, ...(await earlierVaults(params.storage, place.folder, []))];
  const places = { ...params, vaults };
  for (const folder of params.backupFolders) {
    const found = await findInBackups(folder, search, place, places);
    backups.push(...found.holding);
    unreached.push(...found.unreached);
  }
  if (params.sync !== null) {
    unreached.push(...(await findInSync(params.sync, search, place, places)).unreached);
  }
  place.progress(stages, stages);
  return { ...summarize(selected), ids, backups, unreached: [...unreached, ...neverReached] };
}

/**
 * Erases what was planned, and whatever was deleted before, wherever this device reaches: the vault with its trash, earlier
 * vaults, backups, and this device's files in the sync folder. What came since the plan stays, but for new minutes of a session
 * that was planned: with the session they go as far as they lie within the days.
 * @throws {TransferError} `busy` while another window compacts; what can't be reached is in the report
 */
export async function erase(params: EraseParams, place: JobPlace): Promise<EraseReport> {
  const { folder, clock } = place;
  const ledger = await place.ledger();
  const deletedMs = Math.max(0, Math.round(clock.wallMs()));
  let records = 0;
  let cutSessions = 0;
  const own = await eraseInVault(
    folder,
    ledger,
    (database) => {
      const present = params.ids.filter((id) => isStored(database, id));
      const changes = erasureOf(database, present, params.selection, deletedMs);
      records = present.length;
      cutSessions = countCut(changes);
      return changes;
    },
    place,
  );
  place.progress(1, stages);
  const unreached = [...own.unreached];
  let vaultFiles = own.files + (await forgetImports(place));
  const earlierOnes = await earlierVaults(params.storage, folder, unreached);
  for (const earlier of earlierOnes) {
    vaultFiles += await eraseInEarlier(earlier, ledger, place, unreached);
  }
  place.progress(2, stages);
  const search = new DeletedSearch(deletedIn(ledger.database), place);
  const places = { ...params, vaults: [folder, ...earlierOnes] };
  const backups: EraseReport['backups'] = [];
  for (const each of params.backupFolders) {
    const done = await eraseInBackups(each, ledger.database, search, place, places);
    backups.push(...done.backups);
    unreached.push(...done.unreached);
  }
  place.progress(3, stages);
  let syncFiles = 0;
  if (params.sync !== null) {
    const done = await eraseInSync(params.sync, ledger.database, search, place, places);
    syncFiles = done.files;
    unreached.push(...done.unreached);
  }
  place.progress(stages, stages);
  const isComplete = unreached.every(isLeftToOthers);
  return {
    records,
    cutSessions,
    vaultFiles,
    backups,
    syncFiles,
    unreached: [...unreached, ...neverReached],
    isComplete,
  };
}

/** What other devices have is theirs to erase, and they will when they hear of it. A folder that is named as no device's is nobody's. */
function isLeftToOthers({ place, name }: Unreached): boolean {
  const folders = path.dirname(name).split(/[\\/]/);
  return place === 'otherDevice' && folders.some((each) => deviceNamedIn(each) === each);
}

function summarize(
  selected: readonly Selected[],
): Pick<ErasePlan, 'kinds' | 'cutSessions' | 'minutes' | 'days'> {
  const kinds = erasableKinds.flatMap((kind) => {
    const own = selected.filter((each) => each.kind === kind);
    const whole = own.filter(({ isCut }) => !isCut);
    return own.length === 0
      ? []
      : [
          {
            kind,
            records: whole.length,
            firstMs: least(own.map(({ atMs }) => atMs)),
            lastMs: most(own.map(({ atMs }) => atMs)),
          },
        ];
  });
  const days = new Set<DayNumber>();
  for (const { days: reach } of selected) {
    for (let day = reach[0]; day <= reach[1]; day++) {
      days.add(day);
    }
  }
  const [from, to] = [least([...days]), most([...days])];
  return {
    kinds,
    cutSessions: selected.filter(({ isCut }) => isCut).length,
    minutes: selected.reduce((sum, { minutes }) => sum + minutes, 0),
    days:
      from === null || to === null
        ? null
        : { count: days.size, from: formatDay(from), to: formatDay(to) },
  };
}

function least(values: readonly number[]): number | null {
  return values.reduce<number | null>((found, each) => Math.min(found ?? each, each), null);
}

function most(values: readonly number[]): number | null {
  return values.reduce<number | null>((found, each) => Math.max(found ?? each, each), null);
}

/** Sessions that end with something in their place. */
function countCut(changes: ReturnType<typeof erasureOf>): number {
  return changes.filter(
    ({ type }, index) => type === 'tombstone' && (changes[index - 1]?.type ?? type) !== 'tombstone',
  ).length;
}

/** The lists of imports of which nothing is left. */
async function forgetImports(place: JobPlace): Promise<number> {
  const { database } = await place.ledger();
  const isGone = (ids: readonly RecordId[]): boolean => !ids.some((id) => isStored(database, id));
  let forgotten = 0;
  for await (const { file, ids } of readImports(place)) {
    if (isGone(ids)) {
      await forgetImport(place, file);
      forgotten++;
    }
  }
  return forgotten;
}

/** Vaults that a restore of this one has left beside it. */
async function earlierVaults(
  storage: string | null,
  folder: string,
  unreached: Unreached[],
): Promise<string[]> {
  if (storage === null) {
    return [];
  }
  try {
    const own = placeOf(folder);
    const { succession, strays } = await vaultsOf(storage, folder);
    return [...succession, ...strays].filter((each) => !isSamePlace(placeOf(each), own));
  } catch (error) {
    unreached.push({ place: 'earlierVault', name: storage, reason: asTransferError(error).reason });
    return [];
  }
}

/** @returns how many files went; what went wrong is added to `unreached` */
async function eraseInEarlier(
  folder: string,
  main: Ledger,
  place: JobPlace,
  unreached: Unreached[],
): Promise<number> {
  const { keyring, keysFolder, sqlite, log } = place;
  const believe = believeIn(folder, keyring, keysFolder);
  const ledger = new Ledger({ folder, keyring, believe, sqlite, log });
  try {
    const file = await readVaultFile(folder);
    if (file === undefined) {
      // The person removed it.
      return 0;
    }
    if (!keyring.some(({ recipient }) => recipient === file.recipient)) {
      throw new TransferError('wrongKey', 'An earlier vault has keys of its own');
    }
    const done = await eraseInVault(
      folder,
      ledger,
      (database) => deletionsFor(database, main.database),
      place,
    );
    unreached.push(...done.unreached);
    return done.files;
  } catch (error) {
    place.signal.throwIfAborted();
    unreached.push({ place: 'earlierVault', name: folder, reason: asTransferError(error).reason });
    return 0;
  } finally {
    ledger.dispose();
  }
}
