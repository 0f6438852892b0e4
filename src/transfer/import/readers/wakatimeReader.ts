import { addCodingTime, addDayTotal, isLikelyDuration, isLikelyTime } from './foreignTime.ts';
import { member, mostEvents, type ImportReader, type ReaderPlace } from './importReader.ts';
import { mergeIntervals, type Interval } from './intervals.ts';
import { parseTime } from '../../../facts/isoTime.ts';
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

interface DayTotal {
  readonly day: number;
  readonly totalMs: number;
}

/** Paths that are gone into, and those that are read, joined by dots. */
const entered = new Set(['user', 'days', 'days.*', 'days.*.grand_total', 'days.*.heartbeats']);
const taken = new Set([
  ...['user.timezone', 'days.*.date', 'days.*.grand_total.total_seconds', 'days.*.heartbeats.*'],
]);

export class WakatimeReader implements ImportReader {
  readonly source = 'wakatime';
  readonly #place: ReaderPlace;
  readonly #times: number[] = [];
  readonly #totals: DayTotal[] = [];
  #isOurs = false;
  #timeZone: unknown;
  #date: unknown;
  #totalSeconds: unknown;
  #heartbeats = 0;

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
      this.#timeZone = value;
    }
  }

  end(path: readonly string[]): void {
    if (path.length === 2 && path[0] === 'days') {
      this.#endDay();
    }
  }

  finish(): void {
    const { nowMs, plan } = this.#place;
    const offsetAt = zoneOffsets(this.#timeZone, (atMs) => this.#place.zoneOffsetMinutes(atMs));
    const times = Float64Array.from(this.#times).sort();
    const stretches: Interval[] = [];
    times.forEach((startMs, index) => {
      const endMs = times[index + 1];
      if (endMs !== undefined && endMs > startMs && endMs - startMs <= timeoutMs) {
        stretches.push({ startMs, endMs });
      }
    });
    addCodingTime(this.#place, this.source, mergeIntervals(stretches), offsetAt);
    for (const { day, totalMs } of this.#totals) {
      if (!isLikelyTime(day * dayMs, nowMs)) {
        plan.leaveOut('badTime');
      } else {
        addDayTotal(this.#place, this.source, day, totalMs, offsetAt);
      }
    }
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
    this.#isOurs ||= typeof this.#date === 'string';
    const totalMs = Number(this.#totalSeconds ?? 0) * 1_000;
    if (this.#heartbeats === 0 && totalMs !== 0 && typeof this.#date === 'string') {
      const startMs = parseTime(`${this.#date}T00:00:00Z`);
      if (startMs === undefined) {
        this.#place.plan.leaveOut('badTime');
      } else if (!isLikelyDuration(totalMs)) {
        this.#place.plan.leaveOut('badDuration');
      } else {
        this.#totals.push({ day: startMs / dayMs, totalMs });
      }
    }
    this.#date = undefined;
    this.#totalSeconds = undefined;
    this.#heartbeats = 0;
  }
}
