import { withoutAway } from './awayTime.ts';
import { addCodingTime, isLikelyDuration, isLikelyTime } from './foreignTime.ts';
import { hostKeys } from './hostNames.ts';
import { member, mostEvents, type ImportReader, type ReaderPlace } from './importReader.ts';
import { mergeIntervals, type Interval } from './intervals.ts';
import { parseTime } from '../../../facts/isoTime.ts';
import type { JsonChoice } from './jsonWalker.ts';
import { TransferError } from '../../transferError.ts';

/**
 * Reads ActivityWatch's export: `{buckets: {<id>: {id, type, client, hostname, events: [{timestamp, duration, data}]}}}`,
 * durations in seconds (https://docs.activitywatch.net/en/latest/buckets-and-events.html). Before 2019 the buckets stood in no
 * `buckets`, in a list, or one alone in its file (https://github.com/ActivityWatch/aw-server/pull/41). Of the buckets, those of
 * editors count (`app.editor.activity`), less the time that an `afkstatus` of the same machine says nobody was there. Of
 * `data` only that status is looked at.
 */
const editorType = 'app.editor.activity';
const awayType = 'afkstatus';
/** Older watchers gave their buckets types of their own. */
const editorId = /^aw-watcher-(?:vscode|vim|nvim|emacs|sublime|jetbrains|visualstudio)(?:[-_]|$)/;
/**
 * What aw-watcher-afk says. Until 2017 it knew of sleep as well, and said so: nobody works on a machine that sleeps
 * (https://github.com/ActivityWatch/aw-watcher-afk/issues/23). Any other status says nothing.
 */
const awayStates: ReadonlySet<unknown> = new Set(['afk', 'hibernating']);
const presentState = 'not-afk';
/** What is looked at of a bucket. */
const members: ReadonlySet<string> = new Set(['id', 'type', 'hostname', 'events']);
const minuteMs = 60_000;

interface Bucket {
  id: unknown;
  type: unknown;
  hostname: unknown;
  hasEvents: boolean;
  /** By what their status says; only in a bucket of away status does it mean something. */
  readonly away: Interval[];
  readonly present: Interval[];
  readonly other: Interval[];
  readonly leftOut: { badTime: number; badDuration: number };
}

/** A bucket that was read, as it is kept. */
interface ReadBucket {
  readonly id: string;
  readonly hostname: unknown;
  readonly coding: readonly Interval[];
  readonly away: readonly Interval[];
  readonly present: readonly Interval[];
}

export class ActivityWatchReader implements ImportReader {
  readonly source = 'activitywatch';
  readonly #place: ReaderPlace;
  readonly #buckets: ReadBucket[] = [];
  #isOurs = false;
  #bucket = newBucket();
  /** The one that the whole file is. */
  readonly #alone = newBucket();
  #events = 0;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  get isOurs(): boolean {
    return this.#isOurs;
  }

  select(path: readonly string[]): JsonChoice {
    const depth = depthOf(path);
    const [name, item, ...deeper] = path.slice(depth);
    if (depth === undefined || (name !== undefined && !members.has(name)) || deeper.length > 0) {
      return 'skip';
    }
    if (name === undefined || (name === 'events' && item === undefined)) {
      return 'enter';
    }
    return item === undefined || (name === 'events' && item === '*') ? 'take' : 'skip';
  }

  value(path: readonly string[], value: unknown): void {
    const depth = depthOf(path) ?? 0;
    const bucket = this.#at(depth);
    const name = path[depth];
    if (name === 'events') {
      this.#event(bucket, value);
    } else if (name === 'type') {
      bucket.type = value;
    } else if (name === 'id') {
      bucket.id = value;
    } else {
      bucket.hostname = value;
    }
  }

  end(path: readonly string[]): void {
    const depth = depthOf(path) ?? 0;
    const bucket = this.#at(depth);
    if (path.length === depth + 1 && path[depth] === 'events') {
      bucket.hasEvents = true;
    } else if (path.length === depth && (depth > 0 || bucket.hasEvents)) {
      this.#bucket = newBucket();
      this.#endBucket(bucket, typeof bucket.id === 'string' ? bucket.id : (path.at(-1) ?? ''));
    }
  }

  finish(): void {
    const { plan } = this.#place;
    for (const buckets of this.#byHost()) {
      const away = buckets.flatMap((bucket) => bucket.away);
      const present = buckets.flatMap((bucket) => bucket.present);
      const coding = buckets.flatMap((bucket) => bucket.coding);
      const { counted, awayMs } = withoutAway(coding, { away, present });
      plan.leaveOut('away', awayMs > 0 ? Math.max(1, Math.round(awayMs / minuteMs)) : 0);
      if (away.length + present.length === 0) {
        plan.noteEditorsWithoutAway(buckets.filter((bucket) => bucket.coding.length > 0).length);
      }
      addCodingTime(this.#place, this.source, counted, (atMs) =>
        this.#place.zoneOffsetMinutes(atMs),
      );
    }
  }

  #byHost(): Iterable<readonly ReadBucket[]> {
    const keyOf = hostKeys(this.#buckets);
    const hosts = new Map<string, ReadBucket[]>();
    for (const bucket of this.#buckets) {
      const key = keyOf(bucket);
      hosts.set(key, [...(hosts.get(key) ?? []), bucket]);
    }
    return hosts.values();
  }

  #at(depth: number): Bucket {
    return depth === 0 ? this.#alone : this.#bucket;
  }

  #event({ away, present, other, leftOut }: Bucket, value: unknown): void {
    if (++this.#events > mostEvents) {
      throw new TransferError('tooLarge', 'The file has too many events');
    }
    const startMs = parseTime(member(value, 'timestamp'));
    const duration = member(value, 'duration');
    const status = member(member(value, 'data'), 'status');
    if (startMs === undefined || !isLikelyTime(startMs, this.#place.nowMs)) {
      leftOut.badTime++;
    } else if (typeof duration !== 'number' || duration < 0) {
      leftOut.badDuration++;
    } else {
      const list = awayStates.has(status) ? away : status === presentState ? present : other;
      list.push({ startMs, endMs: startMs + duration * 1_000 });
    }
  }

  #endBucket({ type, hostname, leftOut, ...told }: Bucket, id: string): void {
    const { plan, nowMs } = this.#place;
    const isAway = type === awayType;
    const isEditor = !isAway && (type === editorType || editorId.test(id));
    // Nobody works for more than a day at a time, but may be away for years; only not in advance.
    const isLikely = ({ startMs, endMs }: Interval): boolean =>
      isEditor ? isLikelyDuration(endMs - startMs) : isLikelyTime(endMs, nowMs);
    const likely = (events: readonly Interval[]): Interval[] =>
      mergeIntervals(events.filter(isLikely));
    const all = [...told.away, ...told.present, ...told.other];
    this.#isOurs ||= typeof type === 'string';
    this.#buckets.push({
      id,
      hostname,
      coding: isEditor ? likely(all) : [],
      away: isAway ? likely(told.away) : [],
      present: isAway ? likely(told.present) : [],
    });
    if (isEditor || isAway) {
      const unlikely = all.filter((event) => !isLikely(event)).length;
      plan.leaveOut('badTime', leftOut.badTime);
      plan.leaveOut('badDuration', leftOut.badDuration + unlikely);
    } else {
      plan.leaveOut('notCoding', all.length + leftOut.badTime + leftOut.badDuration);
    }
  }
}

/** How many keys lead to the bucket that the path is in, or to what holds buckets; `undefined` where there is none. */
function depthOf([first = '']: readonly string[]): number | undefined {
  return first === 'buckets' ? 2 : members.has(first) ? 0 : first.startsWith('aw-') ? 1 : undefined;
}

function newBucket(): Bucket {
  return {
    id: undefined,
    type: undefined,
    hostname: undefined,
    hasEvents: false,
    away: [],
    present: [],
    other: [],
    leftOut: { badTime: 0, badDuration: 0 },
  };
}
