import { noSteps } from '../../files/stepHook.ts';
import { Database } from '../../vault/sqlite/database.ts';
import { ingest } from '../../vault/database/ingest.ts';
import { rulesOf, setRules } from '../../vault/database/rescoredHistory.ts';
import { createSchema } from '../../vault/database/schema.ts';
import { writeCoverage, writeSnapshot } from '../../vault/database/snapshot.ts';
import { newSnapshotName } from '../../vault/folder/vaultListing.ts';
import type { RecordId, TombstoneRecord } from '../../vault/record.ts';
import { dayStartHourOf } from '../export/exportJob.ts';
import type { ImportParams, ImportReport, UndoResult } from '../messages/exportMessages.ts';
import { readImportFile } from './importFile.ts';
import { forgetImport, noteImport, readImports } from './importList.ts';
import { ImportPlan } from './importPlan.ts';
import { isStored } from '../records/recordKinds.ts';
import type { JobPlace, TransferJob } from '../transferJob.ts';

/**
 * Import, its preview, and undoing it. What comes in is one database, placed as one more snapshot beside those that are
 * there: it is in the vault whole or not at all, and whoever reads the vault unites it with the rest.
 */

/** What an import of the file would do. Writes nothing. Throws as {@link importFile}. */
export const previewImport: TransferJob<ImportParams, ImportReport> = ({ file }, place) =>
  withPlan(file, place, (_plan, report) => Promise.resolve(report));

/**
 * Adds what a file holds and the vault has not.
 * @throws {TransferError} `notOurs`, `damaged`, `laterVersion`, `tooLarge`
 * @throws {VaultError} `unwritable`; what the file system says of the file; `AbortError`. Then nothing was added.
 */
export const importFile: TransferJob<ImportParams, ImportReport> = ({ file }, place) =>
  withPlan(file, place, async (plan, report) => {
    const { sessions, others } = report.added;
    if (sessions + others === 0) {
      return report;
    }
    const { source } = report;
    const database = plan.export(source);
    place.signal.throwIfAborted();
    const step = place.step ?? noSteps;
    const importedMs = place.clock.wallMs();
    const entry = await noteImport(place, { source, importedMs, ids: plan.ids });
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

/**
 * Takes away what the last import added that was not undone yet. Deletions that came with it stay.
 * @throws {VaultError} `unwritable`
 */
export const undoImport: TransferJob<object, UndoResult> = async (_params, place) => {
  const { database } = await place.ledger();
  const step = place.step ?? noSteps;
  for await (const { file, source, importedMs, ids } of readImports(place)) {
    const present = ids.filter((id) => isStored(database, id));
    if (present.length > 0) {
      place.signal.throwIfAborted();
      await placeHead(place, tombstonesOf(database, present, place));
      step('undo: placed');
    }
    // An import that was cut short, or of which everything was deleted since, is none to undo.
    await forgetImport(place, file);
    if (present.length > 0) {
      return { undone: { source, importedMs, records: present.length } };
    }
  }
  return { undone: null };
};

async function withPlan<R>(
  file: string,
  place: JobPlace,
  use: (plan: ImportPlan, report: ImportReport) => Promise<R>,
): Promise<R> {
  const ledger = await place.ledger();
  const plan = new ImportPlan(ledger.database, place.sqlite);
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
  const { folder, recipient, clock } = place;
  await writeSnapshot(folder, newSnapshotName(clock.wallMs()), recipient, database);
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
