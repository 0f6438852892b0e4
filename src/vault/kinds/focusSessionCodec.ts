import {
  earlyReasons,
  noCounts,
  pauseCauses,
  sessionCountNames,
  sessionEnders,
  sessionKinds,
  type ClockShift,
  type Extension,
  type Pause,
  type SessionCounts,
  type SessionEnd,
} from '../../facts/focusSession.ts';
import { origins, type FocusSessionRecord } from '../record.ts';
import {
  begin,
  idBytes,
  idIn,
  malformed,
  originOf,
  prefixBytes,
  whole,
} from '../codecs/recordBytes.ts';

/** A focus session's bytes: a head of fixed length, then its lists, each with its length in the head. */

/** The first byte of a focus session's record. */
export const focusSessionNumber = 6;

const headBytes = prefixBytes + idBytes + 1 + 6 + 2 + 4 + 1 + 6 + 6 + 1 + 1 + 4 * 2;
const extensionBytes = 6 + 4;
const pauseBytes = 6 + 6 + 1;
const shiftBytes = 6 + 6;
const countBytes = sessionCountNames.length * 4;
/** Where there is no time: later than any. */
const noTime = 2 ** 48 - 1;
/** Where there is no word of a list. */
const noWord = 255;
const windowIdForm = /^[0-9a-f]{8,32}$/;

/** @throws {RangeError} when a field is out of its range */
export function encodeFocusSession(record: FocusSessionRecord): Uint8Array {
  const windows = Object.entries(record.counts).sort(([one], [other]) => (one < other ? -1 : 1));
  const windowsBytes = windows.reduce((sum, [id]) => sum + 1 + id.length + countBytes, 0);
  const { extensions, pauses, shifts, end } = record;
  const target = begin(
    focusSessionNumber,
    record.id,
    headBytes +
      extensions.length * extensionBytes +
      pauses.length * pauseBytes +
      shifts.length * shiftBytes +
      windowsBytes,
  );
  const writer = new ByteWriter(target, prefixBytes + idBytes);
  writer.word(sessionKinds.indexOf(record.kind));
  writer.time(record.startMs);
  target.writeInt16LE(whole(record.zoneOffsetMinutes), writer.skip(2));
  writer.number(record.plannedMs);
  writer.word(origins.indexOf(record.origin));
  writer.time(record.askedMs);
  writer.time(end?.atMs);
  writer.word(end === undefined ? noWord : sessionEnders.indexOf(end.by));
  writer.word(end?.reason === undefined ? noWord : earlyReasons.indexOf(end.reason));
  for (const list of [extensions, pauses, shifts, windows]) {
    target.writeUInt16LE(list.length, writer.skip(2));
  }
  for (const { atMs, byMs } of extensions) {
    writer.time(atMs);
    writer.number(byMs);
  }
  for (const { startMs, endMs, cause } of pauses) {
    writer.time(startMs);
    writer.time(endMs);
    writer.word(pauseCauses.indexOf(cause));
  }
  for (const { atMs, byMs } of shifts) {
    writer.time(atMs);
    writer.time(-byMs);
  }
  for (const [windowId, counts] of windows) {
    if (!windowIdForm.test(windowId)) {
      throw new RangeError('A window id has 8 to 32 lower-case hex digits');
    }
    writer.word(windowId.length);
    target.write(windowId, writer.skip(windowId.length), 'latin1');
    for (const name of sessionCountNames) {
      writer.number(counts[name]);
    }
  }
  return target;
}

/** @throws {VaultError} `damaged` when no writer writes these bytes */
export function decodeFocusSession(source: Buffer): FocusSessionRecord {
  if (source.length < headBytes) {
    throw malformed();
  }
  const reader = new ByteReader(source, prefixBytes + idBytes);
  const head = {
    type: 'focusSession',
    id: idIn(source),
    kind: known(sessionKinds[reader.byte()]),
    startMs: known(reader.time()),
    zoneOffsetMinutes: source.readInt16LE(reader.skip(2)),
    plannedMs: reader.number(),
    origin: originOf(reader.byte()),
    askedMs: reader.time(),
    end: readEnd(reader),
  } as const;
  const lengths = [reader.length(), reader.length(), reader.length(), reader.length()] as const;
  const record: FocusSessionRecord = {
    ...head,
    extensions: readList(lengths[0], (): Extension => ({
      atMs: known(reader.time()),
      byMs: reader.number(),
    })),
    pauses: readList(lengths[1], (): Pause => ({
      startMs: known(reader.time()),
      endMs: reader.time(),
      cause: known(pauseCauses[reader.byte()]),
    })),
    shifts: readList(lengths[2], (): ClockShift => ({
      atMs: known(reader.time()),
      byMs: 0 - known(reader.time()),
    })),
    counts: Object.fromEntries(readList(lengths[3], () => readCounts(reader))),
  };
  // Each session has one form, so a word that is out of place, a byte too many or a window told twice shows.
  if (!reader.isAtEnd || Buffer.compare(encodeFocusSession(record), source) !== 0) {
    throw malformed();
  }
  return record;
}

function readEnd(reader: ByteReader): SessionEnd | undefined {
  const atMs = reader.time();
  const by = sessionEnders[reader.byte()];
  const reason = earlyReasons[reader.byte()];
  return atMs === undefined ? undefined : { atMs, by: known(by), reason };
}

function readCounts(reader: ByteReader): [string, SessionCounts] {
  const windowId = reader.text(reader.byte());
  if (!windowIdForm.test(windowId)) {
    throw malformed();
  }
  const counts = { ...noCounts };
  for (const name of sessionCountNames) {
    counts[name] = reader.number();
  }
  return [windowId, counts];
}

function readList<T>(length: number, read: () => T): T[] {
  return Array.from({ length }, read);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) {
    throw malformed();
  }
  return value;
}

/** Writes one value behind the other. */
class ByteWriter {
  readonly #target: Buffer;
  #offset: number;

  constructor(target: Buffer, offset: number) {
    this.#target = target;
    this.#offset = offset;
  }

  /** Where the next bytes begin, which somebody else writes. */
  skip(bytes: number): number {
    const at = this.#offset;
    this.#offset += bytes;
    return at;
  }

  word(index: number): void {
    this.#target.writeUInt8(index, this.skip(1));
  }

  number(value: number): void {
    this.#target.writeUInt32LE(whole(value), this.skip(4));
  }

  time(wallMs: number | undefined): void {
    const value = wallMs === undefined ? noTime : whole(wallMs);
    if (wallMs !== undefined && value >= noTime) {
      throw new RangeError('A time is too late to be stored');
    }
    this.#target.writeUIntLE(value, this.skip(6), 6);
  }
}

/** Reads one value behind the other; past the end the bytes are malformed. */
class ByteReader {
  readonly #source: Buffer;
  #offset: number;

  constructor(source: Buffer, offset: number) {
    this.#source = source;
    this.#offset = offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#source.length;
  }

  skip(bytes: number): number {
    const at = this.#offset;
    this.#offset += bytes;
    if (this.#offset > this.#source.length) {
      throw malformed();
    }
    return at;
  }

  byte(): number {
    return this.#source.readUInt8(this.skip(1));
  }

  length(): number {
    return this.#source.readUInt16LE(this.skip(2));
  }

  number(): number {
    return this.#source.readUInt32LE(this.skip(4));
  }

  time(): number | undefined {
    const value = this.#source.readUIntLE(this.skip(6), 6);
    return value === noTime ? undefined : value;
  }

  text(bytes: number): string {
    const at = this.skip(bytes);
    return this.#source.toString('latin1', at, at + bytes);
  }
}
