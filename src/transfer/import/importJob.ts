import { noSteps } from '../../files/stepHook.ts';
import { Database } from '../../vault/sqlite/database.ts';
import { ingest } from '../../vault/database/ingest.ts';
import { rulesOf, setRules } from '../../vault/database/rescoredHistory.ts';
import { createSchema } from '../../vault/database/schema.ts';
import { writeCoverage, writeSnapshot } from '../../vault/database/snapshot.ts';
import { newSnapshotName } from '../../vault/folder/vaultListing.ts';
import type { RecordId, TombstoneRecord } from '../../vault/record.ts';
import { dayStartHourOf } from '../export/exportJob.ts';
import type {
  ImportParams,
  ImportReport,
  UndoParams,
  UndoResult,
} from '../messages/exportMessages.ts';
import { readImportFile } from './importFile.ts';
import { forgetImport, importedIds, noteImport, readImports } from './importList.ts';
import { ImportPlan } from './importPlan.ts';
import { isStored } from '../records/recordKinds.ts';
import { deviceId, knownDeviceId, newDeviceId } from '../sync/deviceId.ts';
import { idsAtOthers } from '../sync/othersRecords.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace, TransferJob } from '../transferJob.ts';

/**
 * Import, its preview, and undoing it. What comes in is one database, placed as one more snapshot beside those that are
 * there: it is in the vault whole or not at all, and whoever reads the vault unites it with the rest.
 */

/** What an import of the file would do. Writes nothing. Throws as {@link importFile}. */
export const previewImport: TransferJob<ImportParams, ImportReport> = async (params, place) => {
  // One that has no id yet has imported nothing, so that any will do.
  const device = await idOf(params, knownDeviceId, place);
  return withPlan(params.file, device, place, (_plan, report) => Promise.resolve(report));
};

/**
 * Adds what a file holds and the vault has not.
 * @throws {TransferError} `notOurs`, `damaged`, `laterVersion`, `tooLarge`
 * @throws {VaultError} `unwritable`; what the file system says of the file; `AbortError`. Then nothing was added.
 */
export const importFile: TransferJob<ImportParams, ImportReport> = async (params, place) => {
  const device = await idOf(params, deviceId, place);
  return withPlan(params.file, device, place, async (plan, report) => {
    const { sessions, others } = report.added;
    if (sessions + others === 0) {
      return report;
    }
    const { source } = report;
    const database = plan.export(source);
    place.signal.throwIfAborted();
    const step = place.step ?? noSteps;
    const importedMs = place.clock.wallMs();
    // An export of ours keeps its ids, which others may have had from elsewhere.
    const own = source === 'millrace' || device === undefined ? {} : { device };
    const entry = await noteImport(place, { source, importedMs, ids: plan.ids, ...own });
    try {
      step('import: noted');
      await placeHead(place, database);
    } catch (error) {
      await forgetImport(place, entry);
      throw error;
    }
    step('import: placed');
    return report;
  });
};

/**
 * Takes away what the last import added that was not undone yet. Deletions that came with it stay. What other devices hold
 * under the same ids stays too, unless this device gave them: they may have recorded or imported it themselves.
 * @throws {TransferError} `damagedDevice`
 * @throws {VaultError} `unwritable`
 */
export const undoImport: TransferJob<UndoParams, UndoResult> = async ({ storage }, place) => {
  const { database } = await place.ledger();
  const step = place.step ?? noSteps;
  for await (const { file, source, importedMs, ids, device } of readImports(place)) {
    const present = ids.filter((id) => isStored(database, id));
    const others =
      storage === undefined || device !== undefined
        ? new Set<RecordId>()
        : await idsAtOthers(present, storage, place);
    const own = present.filter((id) => !others.has(id));
    if (own.length > 0) {
      place.signal.throwIfAborted();
      await placeHead(place, tombstonesOf(database, own, place));
      step('undo: placed');
    }
    // An import that was cut short, or of which everything was deleted since, is none to undo.
    await forgetImport(place, file);
    if (present.length > 0) {
      const left = present.length - own.length;
      return { undone: { source, importedMs, records: own.length, left } };
    }
  }
  return { undone: null };
};

/** The device's id; where its file is damaged, one for this import alone: what matters is that no other device has it. */
async function idOf(
  { storage }: ImportParams,
  read: (storage: string) => Promise<string | undefined>,
  { log }: JobPlace,
): Promise<string | undefined> {
  if (storage === undefined) {
    return undefined;
  }
  try {
    return (await read(storage)) ?? newDeviceId();
  } catch (error) {
    if (!TransferError.is(error, 'damagedDevice')) {
      throw error;
    }
    log.warn('The id of this device could not be read', { reason: error.reason });
    return newDeviceId();
  }
}

async function withPlan<R>(
  file: string,
  device: string | undefined,
  place: JobPlace,
  use: (plan: ImportPlan, report: ImportReport) => Promise<R>,
): Promise<R> {
  const ledger = await place.ledger();
  const plan = new ImportPlan({
    there: ledger.database,
    sqlite: place.sqlite,
    device,
    ownImports: await importedIds(place),
  });
  try {
    const source = await readImportFile(
      file,
      {
        plan,
        nowMs: place.clock.wallMs(),
        zoneOffsetMinutes: (atMs) => place.clock.zoneOffsetMinutes(atMs),
      },
      place,
    );
    return await use(plan, plan.finish(source));
  } finally {
    plan.dispose();
  }
}

async function placeHead(place: JobPlace, database: Uint8Array): Promise<void> {
  const { folder, keyring, clock } = place;
  await writeSnapshot(folder, newSnapshotName(clock.wallMs()), keyring, database);
}

function tombstonesOf(
  there: Database,
  ids: readonly RecordId[],
  { sqlite, clock }: JobPlace,
): Uint8Array {
  const database = new Database(sqlite, undefined);
  try {
    database.execute(createSchema);
    const deletedMs = clock.wallMs();
    const tombstones = ids.map((id): TombstoneRecord => ({ type: 'tombstone', id, deletedMs }));
    const dayStartHour = dayStartHourOf(there);
    database.run("INSERT INTO meta VALUES ('day_start_hour', ?)", [dayStartHour]);
    ingest(database, tombstones, { dayStartHour, dirtyDays: new Set() });
    // Deletions change no reading.
    setRules(database, rulesOf(there));
    writeCoverage(database, [], []);
    return database.export();
  } finally {
    database.close();
  }
}
