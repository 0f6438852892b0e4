import { dayAt, formatDay, type DayNumber } from '../../facts/localDay.ts';
import { Database, type Sqlite } from '../../vault/sqlite/database.ts';
import { ingest, ingestSessions } from '../../vault/database/ingest.ts';
import { rulesOf, setRules } from '../../vault/database/rescoredHistory.ts';
import { createSchema } from '../../vault/database/schema.ts';
import { readSession } from '../../vault/kinds/sessionRows.ts';
import { idBytes } from '../../vault/codecs/rowValues.ts';
import { writeCoverage } from '../../vault/database/snapshot.ts';
import { rollUp } from '../../vault/history/dayQueries.ts';
import { secondsOfSession } from '../../vault/history/whatCounts.ts';
import { isBuried } from '../../vault/kinds/tombstoneKind.ts';
import type { RecordId } from '../../vault/record.ts';
import { dayStartHourOf } from '../export/exportJob.ts';
import { knownSession } from '../export/exportSqlite.ts';
import type { ImportReport, ImportSource, LeftOutReason } from '../messages/exportMessages.ts';
import { importedId } from '../../vault/kinds/importedId.ts';
import { boundsOf, missingOf } from './missingMinutes.ts';
import { ToldTime } from './toldTime.ts';
import type { LoneRecord } from '../../vault/kinds/recordKind.ts';
import { isStored } from '../records/recordKinds.ts';
import type { StoredSession } from '../records/storedSessions.ts';

interface ImportPlanOptions {
  /** The vault as it is. */
  readonly there: Database;
  readonly sqlite: Sqlite;
  /** This device's id; without one, what comes from other programs has the ids that it has on every such device. */
  readonly device: string | undefined;
  /** The ids of what this device imported and can take away again. */
  readonly ownImports: ReadonlySet<RecordId>;
}

/**
 * What an import adds to a vault, worked out against what is there. It only ever adds: nothing that is there is changed
 * or deleted, so undoing it takes away what it brought and nothing else.
 *
 * Each thing has a row of ids, its *generations*: the first is its own, or made of where it comes from and when it began.
 * An id that was deleted here holds for ever, so the thing goes on to the next. One that is there already keeps what it
 * has, and only the minutes that none of the generations has go into the next free one. So importing twice is importing
 * once, importing a later file of the same source adds what is new, and what was undone can be imported again.
 *
 * What comes from another program has ids of this device's own: where two devices import one file there are two tellings of
 * each minute, of which one counts (src/vault/history/whatCounts.ts), and each device takes away its own.
 */
export class ImportPlan {
  /** Ids of everything that is added and can be taken away again, in order. */
  readonly ids: RecordId[] = [];
  readonly #there: Database;
  readonly #device: string | undefined;
  readonly #ownImports: ReadonlySet<RecordId>;
  readonly #added: Database;
  readonly #dayStartHour: number;
  readonly #dirtyDays = new Set<DayNumber>();
  readonly #known = new Set<RecordId>();
  readonly #deletions: LoneRecord[] = [];
  readonly #leftOut = new Map<LeftOutReason, number>();
  readonly #counts = {
    found: { sessions: 0, minutes: 0, others: 0 },
    added: { sessions: 0, minutes: 0, others: 0 },
  };
  #returning = 0;
  #daysWithoutTimes = 0;
  #editorsWithoutAway = 0;
  #firstDay = Infinity;
  #lastDay = -Infinity;
  #toldTime: ToldTime | undefined;

  /** Dispose the plan. */
  constructor({ there, sqlite, device, ownImports }: ImportPlanOptions) {
    this.#there = there;
    this.#device = device;
    this.#ownImports = ownImports;
    this.#dayStartHour = dayStartHourOf(there);
    this.#added = new Database(sqlite, undefined);
    this.#added.execute(createSchema);
    this.#added.run("INSERT INTO meta VALUES ('day_start_hour', ?)", [this.#dayStartHour]);
  }

  /** Something of the file that does not come into the vault. */
  leaveOut(reason: LeftOutReason, count = 1): void {
    if (count > 0) {
      this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + count);
    }
  }

  /** A session of an export of ours. */
  addOwn(session: StoredSession): void {
    this.#find(session);
    this.#place(session, (generation) =>
      generation === 0 ? session.id : importedId('millrace', session.id, generation),
    );
  }

  /** A session of another program: the minutes that would change nothing of what counts are left out. */
  addForeign(source: ImportSource, session: Omit<StoredSession, 'id'>): void {
    this.#find(session);
    const told = this.#told();
    const { zoneOffsetMinutes } = session;
    const samples = session.samples.filter(
      ({ minute, seconds }) => !told.hasMinute(minute, seconds, zoneOffsetMinutes),
    );
    this.leaveOut('alreadyThere', session.samples.length - samples.length);
    if (samples.length > 0) {
      this.#place({ ...session, samples }, (generation) =>
        this.#importedId(source, String(session.startMs), generation),
      );
      for (const { minute, seconds } of samples) {
        // Two machines of one person at the same time are one person's time.
        told.addMinute(minute, seconds, zoneOffsetMinutes);
      }
    }
  }

  /**
   * A day of which another program tells how long it was, and not when: whole, or not at all.
   * @param session what stands in for it
   */
  addDaySum(source: ImportSource, day: DayNumber, session: Omit<StoredSession, 'id'>): void {
    this.#find(session);
    const told = this.#told();
    const seconds = secondsOfSession(session);
    if (told.hasSum(day, session.zoneOffsetMinutes, seconds)) {
      this.leaveOut('alreadyThere');
      return;
    }
    const before = this.#counts.added.sessions;
    this.#place(session, (generation) =>
      this.#importedId(source, `${formatDay(day)} ${seconds}`, generation),
    );
    this.#daysWithoutTimes += this.#counts.added.sessions - before;
    told.addSum(day, seconds);
  }

  /** Records of editors of which nothing says when nobody was there. */
  noteEditorsWithoutAway(count: number): void {
    this.#editorsWithoutAway += count;
  }

  /** A record of another kind, from an export of ours. */
  addRecord(record: LoneRecord): void {
    this.#counts.found.others++;
    if (record.type === 'tombstone') {
      // They may stand before what they must not delete.
      this.#deletions.push(record);
      return;
    }
    for (let generation = 0; ; generation++) {
      const id = generation === 0 ? record.id : importedId('millrace', record.id, generation);
      if (!this.#isBuried(id)) {
        if (this.#isThere(id)) {
          this.leaveOut('alreadyThere');
          return;
        }
        this.#returning += generation > 0 ? 1 : 0;
        this.#counts.added.others++;
        this.#note(id);
        ingest(this.#added, [{ ...record, id }], this.#options());
        return;
      }
    }
  }

  /** What came of it, once everything was added. @param source what the file turned out to be */
  finish(source: ImportSource): ImportReport {
    this.#addDeletions();
    return {
      source,
      days: Number.isFinite(this.#firstDay)
        ? { from: formatDay(this.#firstDay), to: formatDay(this.#lastDay) }
        : null,
      ...this.#counts,
      returning: this.#returning,
      daysWithoutTimes: this.#daysWithoutTimes,
      editorsWithoutAway: this.#editorsWithoutAway,
      leftOut: Object.fromEntries(this.#leftOut),
    };
  }

  /** Everything that is added, as a database of its own that is one more head beside the vault's. */
  export(source: ImportSource): Uint8Array {
    rollUp(this.#added, this.#dirtyDays, this.#dayStartHour);
    if (source !== 'millrace') {
      // Nothing of it has a score, so there is nothing that the present rules would score otherwise.
      setRules(this.#added, rulesOf(this.#there));
    }
    writeCoverage(this.#added, [], []);
    return this.#added.export();
  }

  dispose(): void {
    this.#added.close();
  }

  #find({ startMs, endMs, zoneOffsetMinutes, samples }: Omit<StoredSession, 'id'>): void {
    this.#counts.found.sessions++;
    this.#counts.found.minutes += samples.length;
    this.#firstDay = Math.min(this.#firstDay, this.#dayAt(startMs, zoneOffsetMinutes));
    // The end is no part of it.
    const lastMs = Math.max(startMs, endMs - 1);
    this.#lastDay = Math.max(this.#lastDay, this.#dayAt(lastMs, zoneOffsetMinutes));
  }

  #place(session: Omit<StoredSession, 'id'>, idOf: (generation: number) => RecordId): void {
    let rest = session.samples;
    let isThere = false;
    let isReturning = false;
    for (let generation = 0; ; generation++) {
      const id = idOf(generation);
      if (this.#isBuried(id)) {
        isReturning = true;
        continue;
      }
      const minutes = this.#minutesOf(id);
      if (minutes === undefined) {
        if (!isThere || rest.length > 0) {
          this.#returning += isReturning && !isThere ? 1 : 0;
          this.#put({ ...session, ...(isThere && boundsOf(rest)), id, samples: rest });
        } else {
          this.leaveOut('alreadyThere', Math.max(1, session.samples.length));
          return;
        }
        this.leaveOut('alreadyThere', session.samples.length - rest.length);
        return;
      }
      isThere = true;
      rest = missingOf(session.origin, rest, minutes);
    }
  }

  #put(session: StoredSession): void {
    this.#note(session.id);
    this.#counts.added.sessions++;
    this.#counts.added.minutes += session.samples.length;
    ingestSessions(this.#added, [[idBytes(session.id), knownSession(session)]], this.#options());
  }

  #addDeletions(): void {
    for (const record of this.#deletions.splice(0)) {
      if (this.#isBuried(record.id)) {
        this.leaveOut('alreadyThere');
      } else if (this.#isThere(record.id)) {
        this.leaveOut('deletesOther');
      } else {
        this.#counts.added.others++;
        ingest(this.#added, [record], this.#options());
      }
    }
  }

  #note(id: RecordId): void {
    this.#known.add(id);
    this.ids.push(id);
  }

  /** Seconds by minute of a session, in the vault and in what was added so far; `undefined` when there is none. */
  #minutesOf(id: RecordId): ReadonlyMap<number, number> | undefined {
    const there = readSession(this.#there, idBytes(id));
    const added = this.#known.has(id) ? readSession(this.#added, idBytes(id)) : undefined;
    return there === undefined && added === undefined
      ? undefined
      : new Map([...(there?.series.seconds() ?? []), ...(added?.series.seconds() ?? [])]);
  }

  #isThere(id: RecordId): boolean {
    return this.#known.has(id) || isStored(this.#there, id);
  }

  #isBuried(id: RecordId): boolean {
    return isBuried(this.#there, id);
  }

  #told(): ToldTime {
    return (this.#toldTime ??= new ToldTime(this.#there, this.#ownImports));
  }

  #importedId(source: ImportSource, key: string, generation: number): RecordId {
    return importedId(source, key, generation, this.#device);
  }

  #dayAt(wallMs: number, zoneOffsetMinutes: number): DayNumber {
    return dayAt(wallMs, zoneOffsetMinutes, this.#dayStartHour);
  }

  #options(): { readonly dayStartHour: number; readonly dirtyDays: Set<DayNumber> } {
    return { dayStartHour: this.#dayStartHour, dirtyDays: this.#dirtyDays };
  }
}
