import type { DayNumber } from '../../../facts/localDay.ts';
import { readDates } from './dumpDates.ts';
import { addCodingTime, addDayTotal, isLikelyDuration, isLikelyTime } from './foreignTime.ts';
import { member, mostEvents, type ImportReader, type ReaderPlace } from './importReader.ts';
import { mergeIntervals, type Interval } from './intervals.ts';
import type { JsonChoice } from './jsonWalker.ts';
import { TransferError } from '../../transferError.ts';
import { zoneOffsets } from './zoneOffsets.ts';

/**
 * Reads the data dumps of WakaTime, of either type: `{user, range, days: [{date, heartbeats: [{time, type, category}]}]}`
 * (https://wakatime.com/developers#data_dumps), or with sums instead of heartbeats: `days: [{date, grand_total:
 * {total_seconds}}]`. Nothing else of them is looked at: no file, no project, no language.
 */

/**
 * WakaTime counts the time between two heartbeats that are no farther apart (its "keystroke timeout" as it comes:
 * https://wakatime.com/faq).
 */
const timeoutMs = 15 * 60_000;
const dayMs = 86_400_000;
/** What WakaTime also counts, and is done elsewhere than in an editor. */
const otherCategories: ReadonlySet<unknown> = new Set([
  ...['browsing', 'communicating', 'designing', 'learning', 'meeting', 'planning', 'researching'],
]);

interface DumpDay {
  readonly date: string;
  /** Of a day with heartbeats, and of one on which nothing was done, 0. */
  readonly totalMs: number;
}

/** Paths that are gone into, and those that are read, joined by dots. */
const entered = new Set([
  ...['user', 'range', 'days', 'days.*', 'days.*.grand_total', 'days.*.heartbeats'],
]);
const taken = new Set([
  ...['user.timezone', 'range.start', 'range.end'],
  ...['days.*.date', 'days.*.grand_total.total_seconds', 'days.*.heartbeats.*'],
]);

export class WakatimeReader implements ImportReader {
  readonly source = 'wakatime';
  readonly #place: ReaderPlace;
  readonly #times: number[] = [];
  readonly #days: DumpDay[] = [];
  /** What stands for its name in the dump, but for what stands in a list. */
  readonly #told = new Map<string, unknown>();
  #isOurs = false;
  #date: unknown;
  #totalSeconds: unknown;
  #heartbeats = 0;
  #listsHeartbeats = false;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  get isOurs(): boolean {
    return this.#isOurs;
  }

  select(path: readonly string[]): JsonChoice {
    const joined = path.join('.');
    return entered.has(joined) ? 'enter' : taken.has(joined) ? 'take' : 'skip';
  }

  value(path: readonly string[], value: unknown): void {
    const name = path.at(-1);
    if (name === '*') {
      this.#heartbeat(value);
    } else if (name === 'date') {
      this.#date = value;
    } else if (name === 'total_seconds') {
      this.#totalSeconds = value;
    } else {
      this.#told.set(path.join('.'), value);
    }
  }

  end(path: readonly string[]): void {
    if (path[0] !== 'days') {
      return;
    }
    if (path.length === 2) {
      this.#endDay();
    } else if (path[2] === 'heartbeats') {
      this.#listsHeartbeats = true;
    }
  }

  finish(): void {
    const offsetAt = zoneOffsets(this.#told.get('user.timezone'), (atMs) =>
      this.#place.zoneOffsetMinutes(atMs),
    );
    this.#addHeartbeats(offsetAt);
    this.#addTotals(offsetAt);
  }

  #addHeartbeats(offsetAt: (atWallMs: number) => number): void {
    const times = Float64Array.from(this.#times).sort();
    const stretches: Interval[] = [];
    let isAfterOne = false;
    times.forEach((startMs, index) => {
      const endMs = times[index + 1];
      const isBeforeOne = endMs !== undefined && endMs - startMs <= timeoutMs;
      if (isBeforeOne) {
        stretches.push({ startMs, endMs });
      } else if (!isAfterOne) {
        this.#place.plan.leaveOut('tooShort');
      }
      isAfterOne = isBeforeOne;
    });
    addCodingTime(this.#place, this.source, mergeIntervals(stretches), offsetAt);
  }

  #addTotals(offsetAt: (atWallMs: number) => number): void {
    const { nowMs, plan } = this.#place;
    const dates = readDates(
      this.#days.map(({ date }) => date),
      (day) => this.#mayTellOf(day),
    );
    this.#days.forEach(({ totalMs }, index) => {
      const day = dates[index];
      if (totalMs === 0) {
        return;
      }
      if (day === undefined || !isLikelyTime(day * dayMs, nowMs)) {
        plan.leaveOut('badTime');
      } else if (!isLikelyDuration(totalMs)) {
        plan.leaveOut('badDuration');
      } else {
        addDayTotal(this.#place, this.source, day, totalMs, offsetAt);
      }
    });
  }

  /** Whether the dump's range and the clock allow for a day, whatever the zone. */
  #mayTellOf(day: DayNumber): boolean {
    const [from, to] = ['range.start', 'range.end'].map((name) => this.#told.get(name));
    const atMs = day * dayMs;
    return (
      isLikelyTime(atMs, this.#place.nowMs) &&
      !(typeof from === 'number' && atMs < from * 1_000 - 2 * dayMs) &&
      !(typeof to === 'number' && atMs > to * 1_000 + dayMs)
    );
  }

  #heartbeat(value: unknown): void {
    this.#heartbeats++;
    const { plan, nowMs } = this.#place;
    const time = member(value, 'time');
    const type = member(value, 'type') ?? 'file';
    if (typeof time !== 'number' || !isLikelyTime(time * 1_000, nowMs)) {
      plan.leaveOut('badTime');
    } else if (type !== 'file' || otherCategories.has(member(value, 'category'))) {
      plan.leaveOut('notCoding');
    } else if (this.#times.push(time * 1_000) > mostEvents) {
      throw new TransferError('tooLarge', 'The file has too many heartbeats');
    }
  }

  #endDay(): void {
    const { plan } = this.#place;
    if (typeof this.#date === 'string') {
      this.#isOurs = true;
      const isTold = this.#listsHeartbeats || this.#totalSeconds !== undefined;
      // A day that says neither when nor how long is of no dump that we know.
      plan.leaveOut('badDuration', isTold ? 0 : 1);
      const totalMs = this.#heartbeats > 0 ? 0 : Number(this.#totalSeconds ?? 0) * 1_000;
      if (this.#days.push({ date: this.#date, totalMs }) > mostEvents) {
        throw new TransferError('tooLarge', 'The file has too many days');
      }
    }
    this.#date = undefined;
    this.#totalSeconds = undefined;
    this.#heartbeats = 0;
    this.#listsHeartbeats = false;
  }
}
