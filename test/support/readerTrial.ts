import { loadSqlite, Database, type Sqlite } from '../../src/vault/sqlite/database.ts';
import { createSchema } from '../../src/vault/database/schema.ts';
import type { ImportReport } from '../../src/transfer/messages/exportMessages.ts';
import { ImportPlan } from '../../src/transfer/import/importPlan.ts';
import type { ImportReader, ReaderPlace } from '../../src/transfer/import/readers/importReader.ts';
import { JsonWalker } from '../../src/transfer/import/readers/jsonWalker.ts';
import { storedSessions, type StoredSession } from '../../src/transfer/records/storedSessions.ts';
import { wasmPath } from './keeperBundle.ts';

/** What a reader makes of a file, where there is nothing yet. */
export interface Tried {
  readonly report: ImportReport;
  readonly sessions: readonly StoredSession[];
}

/** The hour at which a day begins in {@link ReaderTrial}. */
const dayStartHour = 4;

/** Tries readers of imports without a vault and without a file, so that a property can try many. */
export class ReaderTrial {
  readonly #sqlite: Sqlite;

  private constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  static async load(): Promise<ReaderTrial> {
    return new ReaderTrial(await loadSqlite(wasmPath));
  }

  read(
    make: (place: ReaderPlace) => ImportReader,
    contents: unknown,
    { nowMs, zoneOffsetMinutes = () => 0 }: Partial<ReaderPlace> & { readonly nowMs: number },
  ): Tried {
    const there = new Database(this.#sqlite, undefined);
    there.execute(createSchema);
    there.run("INSERT INTO meta VALUES ('day_start_hour', ?)", [dayStartHour]);
    const plan = new ImportPlan({
      ...{ there, sqlite: this.#sqlite },
      ...{ device: undefined, ownImports: new Set<string>() },
    });
    try {
      const reader = make({ plan, nowMs, zoneOffsetMinutes });
      const walker = new JsonWalker(reader);
      walker.write(JSON.stringify(contents));
      walker.finish();
      if (!reader.isOurs) {
        throw new Error('The reader does not take the file for one of its kind');
      }
      reader.finish();
      const report = plan.finish(reader.source);
      return { report, sessions: this.#sessionsOf(plan.export(reader.source)) };
    } finally {
      plan.dispose();
      there.close();
    }
  }

  #sessionsOf(file: Uint8Array): readonly StoredSession[] {
    const database = new Database(this.#sqlite, file);
    try {
      const scope = { days: undefined, dayStartHour, zoneOffsetMinutes: () => 0 };
      return [...storedSessions(database, scope)].filter((session) => session !== undefined);
    } finally {
      database.close();
    }
  }
}

/** All minutes of the sessions, in order. */
export function minutesOf(sessions: readonly StoredSession[]): readonly number[] {
  return sessions
    .flatMap(({ samples }) => samples.map(({ minute }) => minute))
    .sort((one, other) => one - other);
}
