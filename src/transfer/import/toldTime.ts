import type { DayNumber } from '../../facts/localDay.ts';
import { MinuteSeries, readSamples } from '../../vault/codecs/minuteSeries.ts';
import { idText, originOf } from '../../vault/codecs/rowValues.ts';
import { ToldMinutes } from '../../vault/history/toldMinutes.ts';
import {
  dayOfSum,
  isDaySum,
  minutesOfDay,
  secondsOfSession,
} from '../../vault/history/whatCounts.ts';
import { isImported, type RecordId } from '../../vault/record.ts';
import type { Database } from '../../vault/sqlite/database.ts';

/**
 * What a vault has of a person's time, so far as the same time from another program would change nothing: neither what
 * counts of it now (docs/vault-format.md, "What counts of imported time"), nor what counts whatever else comes or goes.
 *
 * So time that others imported does not stand in it: it goes when they undo that. What this device imported goes too, but the
 * last import first. And a day's sum is not needed where that much was recorded; imported times may yet give way to less
 * that was recorded of the same minutes.
 */
export class ToldTime {
  readonly #recorded = new ToldMinutes();
  /** By local time minus UTC: a minute is of another day elsewhere. */
  readonly #imported = new Map<number, ToldMinutes>();
  /** Seconds of the largest sum of each day. */
  readonly #sums = new Map<DayNumber, number>();

  /** @param ownImports the ids of what this device imported and can take away again */
  constructor(database: Database, ownImports: ReadonlySet<RecordId>) {
    for (const { number, id, isOfOthers } of sessionsOf(database)) {
      if (!isOfOthers || ownImports.has(id)) {
        this.#read(database, number, isOfOthers);
      }
    }
  }

  /** Whether it would change nothing to be told so much of a minute. */
  hasMinute(minute: number, seconds: number, zoneOffsetMinutes: number): boolean {
    if (this.#recorded.at(minute) > 0) {
      return true;
    }
    for (const [zone, told] of this.#imported) {
      // Of equals the one of the lesser zone counts, whichever is there first.
      if (told.at(minute) >= (zone <= zoneOffsetMinutes ? seconds : seconds + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it would change nothing to be told that a day had so many seconds. */
  hasSum(day: DayNumber, zoneOffsetMinutes: number, seconds: number): boolean {
    return (
      seconds <= (this.#sums.get(day) ?? 0) ||
      seconds <= this.#recorded.sum(...minutesOfDay(day, zoneOffsetMinutes))
    );
  }

  /** A minute that is imported now; of several tellings the one with the most seconds is right. */
  addMinute(minute: number, seconds: number, zoneOffsetMinutes: number): void {
    const told = this.#imported.get(zoneOffsetMinutes) ?? new ToldMinutes();
    this.#imported.set(zoneOffsetMinutes, told);
    told.set(minute, Math.max(told.at(minute), seconds));
  }

  /** A day's sum that is imported now. */
  addSum(day: DayNumber, seconds: number): void {
    this.#sums.set(day, Math.max(this.#sums.get(day) ?? 0, seconds));
  }

  #read(database: Database, number: number, isOfOthers: boolean): void {
    const row = database.row(
      'SELECT id, start_ms, end_ms, zone_offset_minutes, origin, series FROM sessions WHERE number = ?',
      [number],
    );
    if (row === undefined) {
      return;
    }
    if (!isOfOthers) {
      for (const [minute, seconds] of MinuteSeries.read(row.blob(5)).seconds()) {
        // What several windows recorded of it adds up.
        this.#recorded.set(minute, this.#recorded.at(minute) + seconds);
      }
      return;
    }
    const session = {
      id: idText(row.blob(0)),
      startMs: row.number(1),
      endMs: row.number(2),
      zoneOffsetMinutes: row.number(3),
      origin: originOf(row.number(4)),
      samples: readSamples(row.blob(5)),
    };
    if (isDaySum(session)) {
      this.addSum(dayOfSum(session), secondsOfSession(session));
    } else {
      for (const { minute, seconds } of session.samples) {
        this.addMinute(minute, seconds, session.zoneOffsetMinutes);
      }
    }
  }
}

/** Every session that was not made up; one at a time is read, as all at once may be much. */
function sessionsOf(
  database: Database,
): readonly { readonly number: number; readonly id: RecordId; readonly isOfOthers: boolean }[] {
  return database.rows('SELECT number, id, origin FROM sessions').flatMap((row) => {
    const origin = originOf(row.number(2));
    return origin === 'demo'
      ? []
      : { number: row.number(0), id: idText(row.blob(1)), isOfOthers: isImported(origin) };
  });
}
