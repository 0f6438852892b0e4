import type { MinuteSample } from '../../facts/minuteSample.ts';
import {
  isPackedMinute,
  packMinute,
  packedMinuteBytes,
  secondsOffset,
  unpackMinute,
} from './minuteCodec.ts';
import { VaultError } from '../vaultError.ts';

/**
 * All minutes of one session as one blob, so that ten years are some ten thousand rows and not two million.
 * Layout (docs/vault-format.md, "Series"), integers little-endian:
 * `u8 version = 1 | u32 first minute | runs of (u16 gap | u16 count | count * packed minute)`,
 * where `gap` is the number of minutes left out since the run before.
 */

const version = 1;
const headerBytes = 5;
const runHeaderBytes = 4;
/** What has room in a record. */
const latestMinute = 0xffffffff;
const most = 0xffff;

/** A growing set of packed minutes. Merging is idempotent, and its order does not matter. */
export class MinuteSeries {
  readonly #packed = new Map<number, Uint8Array>();

  /**
   * Minutes that are none are left out.
   * @throws {VaultError} `damaged` when the blob is none, `unknownVersion` when it is a later one.
   */
  static read(blob: Uint8Array): MinuteSeries {
    const series = new MinuteSeries();
    for (const { minute, offset } of entries(blob)) {
      if (!isPackedMinute(blob, offset)) {
        continue;
      }
      series.#packed.set(minute, blob.slice(offset, offset + packedMinuteBytes));
    }
    return series;
  }

  get size(): number {
    return this.#packed.size;
  }

  /** Adds a sample; of two for one minute the one with more seconds stays. */
  add(sample: MinuteSample): void {
    const packed = new Uint8Array(packedMinuteBytes);
    packMinute(sample, packed, 0);
    this.#merge(sample.minute, packed);
  }

  /** Adds what another series has. */
  addAll(other: MinuteSeries): void {
    for (const [minute, packed] of other.#packed) {
      this.#merge(minute, packed);
    }
  }

  /** The minutes there are, in no order. */
  minutes(): Iterable<number> {
    return this.#packed.keys();
  }

  /** The seconds of each minute there is, in no order. */
  *seconds(): Iterable<readonly [minute: number, seconds: number]> {
    for (const [minute, packed] of this.#packed) {
      yield [minute, packed[secondsOffset] ?? 0];
    }
  }

  /** First and last minute, or `undefined` when empty. */
  bounds(): { readonly first: number; readonly last: number } | undefined {
    let first = Infinity;
    let last = -Infinity;
    for (const minute of this.#packed.keys()) {
      first = Math.min(first, minute);
      last = Math.max(last, minute);
    }
    return this.#packed.size === 0 ? undefined : { first, last };
  }

  /** The blob; the same set of minutes always gives the same bytes. */
  write(): Uint8Array {
    const minutes = [...this.#packed.keys()].sort((one, other) => one - other);
    const runs = runsOf(minutes);
    const size = headerBytes + runs.length * runHeaderBytes + this.#packed.size * packedMinuteBytes;
    const blob = new Uint8Array(size);
    const view = new DataView(blob.buffer);
    view.setUint8(0, version);
    view.setUint32(1, minutes[0] ?? 0, true);
    let offset = headerBytes;
    let next = 0;
    for (const run of runs) {
      view.setUint16(offset, run.gap, true);
      view.setUint16(offset + 2, run.count, true);
      offset += runHeaderBytes;
      for (let left = run.count; left > 0; left--) {
        const packed = this.#packed.get(minutes[next++] ?? 0);
        if (packed !== undefined) {
          blob.set(packed, offset);
        }
        offset += packedMinuteBytes;
      }
    }
    return blob;
  }

  #merge(minute: number, packed: Uint8Array): void {
    const known = this.#packed.get(minute);
    if (known === undefined || compare(packed, known) > 0) {
      this.#packed.set(minute, packed);
    }
  }
}

/**
 * How many minutes a blob has, and from which to which; `undefined` when a part of it is none.
 * @throws {VaultError} `unknownVersion` when it is a later one
 */
export function minutesIn(blob: Uint8Array): MinuteRange | undefined {
  let count = 0;
  let first = Infinity;
  let last = -Infinity;
  try {
    for (const { minute, offset } of entries(blob)) {
      if (!isPackedMinute(blob, offset)) {
        return undefined;
      }
      first = Math.min(first, minute);
      last = minute;
      count++;
    }
  } catch (error) {
    if (VaultError.is(error, 'damaged')) {
      return undefined;
    }
    throw error;
  }
  return { count, bounds: () => (count === 0 ? undefined : { first, last }) };
}

/** What {@link minutesIn} tells of a series. */
interface MinuteRange {
  readonly count: number;
  readonly bounds: MinuteSeries['bounds'];
}

/**
 * The samples of a blob with `fromMinute <= minute < toMinute`, ascending. Minutes that are none are left out, so that one does not
 * take a day, or an export, with it.
 * @throws {VaultError} as {@link MinuteSeries.read}.
 */
export function readSamples(
  blob: Uint8Array,
  fromMinute = -Infinity,
  toMinute = Infinity,
): MinuteSample[] {
  const samples: MinuteSample[] = [];
  for (const { minute, offset } of entries(blob)) {
    if (minute >= fromMinute && minute < toMinute && isPackedMinute(blob, offset)) {
      samples.push(unpackMinute(blob, offset, minute));
    }
  }
  return samples;
}

/** More seconds win; between equal seconds the larger bytes, so that both orders keep the same one. */
function compare(one: Uint8Array, other: Uint8Array): number {
  const seconds = (one[secondsOffset] ?? 0) - (other[secondsOffset] ?? 0);
  return seconds === 0 ? Buffer.compare(one, other) : seconds;
}

function runsOf(minutes: readonly number[]): { readonly gap: number; count: number }[] {
  const runs: { readonly gap: number; count: number }[] = [];
  let run: { readonly gap: number; count: number } | undefined;
  let next = minutes[0];
  for (const minute of minutes) {
    let gap = minute - (next ?? minute);
    while (gap > most) {
      runs.push({ gap: most, count: 0 });
      gap -= most;
      run = undefined;
    }
    if (run === undefined || gap > 0 || run.count === most) {
      run = { gap, count: 0 };
      runs.push(run);
    }
    run.count++;
    next = minute + 1;
  }
  return runs;
}

function* entries(blob: Uint8Array): Generator<{ minute: number; offset: number }> {
  if (blob.length < headerBytes) {
    throw new VaultError('damaged', 'A series is shorter than its header');
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (view.getUint8(0) !== version) {
    throw new VaultError('unknownVersion', 'A series was written by a later version');
  }
  let minute = view.getUint32(1, true);
  let offset = headerBytes;
  while (offset < blob.length) {
    if (offset + runHeaderBytes > blob.length) {
      throw new VaultError('damaged', 'A series ends inside of a run');
    }
    minute += view.getUint16(offset, true);
    const count = view.getUint16(offset + 2, true);
    if (minute + count > latestMinute + 1) {
      throw new VaultError('damaged', 'A series goes on behind the last minute that there is');
    }
    offset += runHeaderBytes;
    if (offset + count * packedMinuteBytes > blob.length) {
      throw new VaultError('damaged', 'A series ends inside of a run');
    }
    for (let left = count; left > 0; left--) {
      yield { minute, offset };
      minute++;
      offset += packedMinuteBytes;
    }
  }
}
