import { addCodingTime, isLikelyDuration, isLikelyTime } from './foreignTime.ts';
import { member, mostEvents, type ImportReader, type ReaderPlace } from './importReader.ts';
import { mergeIntervals, subtractIntervals, type Interval } from './intervals.ts';
import { parseTime } from '../../../facts/isoTime.ts';
import type { JsonChoice } from './jsonWalker.ts';
import { TransferError } from '../../transferError.ts';

/**
 * Reads ActivityWatch's export: `{buckets: {<id>: {id, type, client, hostname, events: [{timestamp, duration, data}]}}}`,
 * durations in seconds (https://docs.activitywatch.net/en/latest/buckets-and-events.html). Of the buckets, those of
 * editors count (`app.editor.activity`), less the time that the same machine's `afkstatus` says nobody was there. Of
 * `data` only that status is looked at.
 */
const editorType = 'app.editor.activity';
const awayType = 'afkstatus';
/** Older watchers gave their buckets types of their own. */
const editorId = /^aw-watcher-(?:vscode|vim|nvim|emacs|sublime|jetbrains|visualstudio)(?:[-_]|$)/;

interface Bucket {
  type: unknown;
  hostname: unknown;
  readonly intervals: Interval[];
  readonly away: Interval[];
  readonly leftOut: { badTime: number; badDuration: number };
}

interface Host {
  coding: Interval[];
  away: Interval[];
}

export class ActivityWatchReader implements ImportReader {
  readonly source = 'activitywatch';
  readonly #place: ReaderPlace;
  readonly #hosts = new Map<string, Host>();
  #isOurs = false;
  #bucket = newBucket();
  #events = 0;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  get isOurs(): boolean {
    return this.#isOurs;
  }

  select(path: readonly string[]): JsonChoice {
    const [first, , third] = path;
    if (first !== 'buckets') {
      return 'skip';
    }
    if (path.length <= 2) {
      return 'enter';
    }
    if (path.length === 3) {
      return third === 'events'
        ? 'enter'
        : third === 'type' || third === 'hostname'
          ? 'take'
          : 'skip';
    }
    return third === 'events' && path[3] === '*' ? 'take' : 'skip';
  }

  value(path: readonly string[], value: unknown): void {
    const name = path[2];
    if (name === 'events') {
      this.#event(value);
    } else if (name === 'type') {
      this.#bucket.type = value;
    } else {
      this.#bucket.hostname = value;
    }
  }

  end(path: readonly string[]): void {
    if (path.length === 2 && path[0] === 'buckets') {
      this.#endBucket(path[1] ?? '');
    }
  }

  finish(): void {
    for (const { coding, away } of this.#hosts.values()) {
      addCodingTime(
        this.#place,
        this.source,
        subtractIntervals(mergeIntervals(coding), mergeIntervals(away)),
        (atMs) => this.#place.zoneOffsetMinutes(atMs),
      );
    }
  }

  #event(value: unknown): void {
    if (++this.#events > mostEvents) {
      throw new TransferError('tooLarge', 'The file has too many events');
    }
    const startMs = parseTime(member(value, 'timestamp'));
    const duration = member(value, 'duration');
    const { intervals, away, leftOut } = this.#bucket;
    if (startMs === undefined || !isLikelyTime(startMs, this.#place.nowMs)) {
      leftOut.badTime++;
    } else if (typeof duration !== 'number' || !isLikelyDuration(duration * 1_000)) {
      leftOut.badDuration++;
    } else {
      const isAway = member(member(value, 'data'), 'status') === 'afk';
      (isAway ? away : intervals).push({ startMs, endMs: startMs + duration * 1_000 });
    }
  }

  #endBucket(id: string): void {
    const { plan } = this.#place;
    const { type, hostname, intervals, away, leftOut } = this.#bucket;
    this.#bucket = newBucket();
    this.#isOurs ||= typeof type === 'string';
    if (type === awayType) {
      const host = this.#hostOf(hostname);
      host.away = [...host.away, ...mergeIntervals(away)];
    } else if (type === editorType || editorId.test(id)) {
      const host = this.#hostOf(hostname);
      host.coding = [...host.coding, ...mergeIntervals([...intervals, ...away])];
      plan.leaveOut('badTime', leftOut.badTime);
      plan.leaveOut('badDuration', leftOut.badDuration);
    } else {
      plan.leaveOut(
        'notCoding',
        intervals.length + away.length + leftOut.badTime + leftOut.badDuration,
      );
    }
  }

  #hostOf(hostname: unknown): Host {
    const name = typeof hostname === 'string' ? hostname : '';
    const host = this.#hosts.get(name) ?? { coding: [], away: [] };
    this.#hosts.set(name, host);
    return host;
  }
}

function newBucket(): Bucket {
  return {
    type: undefined,
    hostname: undefined,
    intervals: [],
    away: [],
    leftOut: { badTime: 0, badDuration: 0 },
  };
}
