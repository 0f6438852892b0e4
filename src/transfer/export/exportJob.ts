import type { DayNumber } from '../../facts/localDay.ts';
import { defaultDayStartHour } from '../../vault/ledger/ledger.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { exportCsv } from './exportCsv.ts';
import { exportJson, type ExportSource } from './exportJson.ts';
import { presentVault } from '../copies/presentVault.ts';
import type { Exported, ExportParams } from '../messages/exportMessages.ts';
import { exportSqlite } from './exportSqlite.ts';
import { countSessions } from '../records/storedSessions.ts';
import { TransferError } from '../transferError.ts';
import type { TransferJob } from '../transferJob.ts';

const dayMs = 86_400_000;

/**
 * Writes what the vault holds where the person wants it, in the open. Cancelled or failed, it leaves nothing.
 * @throws {TransferError} `exists`, `malformed` for days that are none
 * @throws what the file system says; `AbortError`
 */
export const exportVault: TransferJob<ExportParams, Exported> = async (params, place) => {
  const { target, format, replaces } = params;
  const days = params.days && { from: dayOf(params.days.from), to: dayOf(params.days.to) };
  const ledger = await place.ledger();
  const { database } = ledger;
  const { vault } = await presentVault(place);
  // Two tables of CSV are two rounds over the sessions.
  const total = countSessions(database) * (format === 'csv' ? 2 : 1);
  let done = 0;
  const source: ExportSource = {
    database,
    scope: {
      days: days ?? undefined,
      dayStartHour: dayStartHourOf(database),
      zoneOffsetMinutes: (atMs) => place.clock.zoneOffsetMinutes(atMs),
    },
    vaultId: vault,
    madeMs: place.clock.wallMs(),
    passed() {
      place.progress(++done, total);
      place.signal.throwIfAborted();
    },
  };
  place.signal.throwIfAborted();
  switch (format) {
    case 'json':
      return exportJson(source, target, replaces);
    case 'csv':
      return exportCsv(source, target);
    case 'sqlite':
      return exportSqlite(source, ledger, place.sqlite, target, replaces);
  }
};

/** The hour at which this vault's days begin. */
export function dayStartHourOf(database: Database): number {
  const row = database.row("SELECT value FROM meta WHERE key = 'day_start_hour'");
  return row?.number(0) ?? defaultDayStartHour;
}

/** @throws {TransferError} `malformed` for what is no day, as the 31st of April */
export function dayOf(text: string): DayNumber {
  const atMs = Date.parse(`${text}T00:00:00Z`);
  if (!Number.isFinite(atMs) || new Date(atMs).toISOString().slice(0, 10) !== text) {
    throw new TransferError('malformed', 'There is no such day');
  }
  return atMs / dayMs;
}
