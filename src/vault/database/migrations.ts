import type { Database } from '../sqlite/database.ts';
import { VaultError } from '../vaultError.ts';

/**
 * From a database of an earlier Millrace to one of the present schema. Forward only, in memory only: the
 * snapshot that it was read from stays as it is, and the next one that is written is of the new version.
 */
export interface Migration {
  /** The version that this step makes the next one of. */
  readonly from: number;
  /** Changes tables and what is in them; the version is not its business. */
  readonly apply: (database: Database) => void;
}

/**
 * One step for each version but the present one. A step is never changed once it was released: the frozen
 * vaults under test/fixtures have one of every version.
 */
export const migrations: readonly Migration[] = [];

/** `PRAGMA user_version`: each step makes the next. */
export const schemaVersion = 1 + migrations.length;
/** `PRAGMA application_id`: "MRDB". */
export const applicationId = 0x4d524442;

/**
 * Of each version, from 1 on, the hash of its schema (`foreignDatabase.ts`): nothing else is opened. A version that a step makes
 * of an earlier one may have a text of its own, so each may have several.
 */
export const schemaHashes: readonly (readonly string[])[] = [
  ['e476829800282eaec27c9554e5d87ab6a792095f17d3c41d8e23bc9612890126'],
];

/**
 * Refuses what is no vault's database, or a later one; takes an earlier one to the present schema, all steps
 * or none.
 * @throws {VaultError} `damaged`, `unknownVersion`
 */
export function bringUpToDate(
  database: Database,
  steps: readonly Migration[] = migrations,
  target = schemaVersion,
): void {
  const version = database.row('PRAGMA user_version')?.number(0) ?? 0;
  if (database.row('PRAGMA application_id')?.number(0) !== applicationId || version < 1) {
    throw new VaultError('damaged', 'A snapshot holds another database than a vault has');
  }
  if (version > target) {
    throw new VaultError('unknownVersion', 'A snapshot was written by a later Millrace');
  }
  if (version < target) {
    database.transaction(() => {
      for (let from = version; from < target; from++) {
        stepFrom(from, steps).apply(database);
      }
      // A number of our own, and PRAGMA takes no parameter. It is part of the transaction.
      database.execute(`PRAGMA user_version = ${target}`);
    });
  }
}

function stepFrom(version: number, steps: readonly Migration[]): Migration {
  const step = steps.find(({ from }) => from === version);
  if (step === undefined) {
    throw new VaultError('unknownVersion', 'No step leads on from the version of a snapshot');
  }
  return step;
}
