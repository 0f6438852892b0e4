import { wipe } from '../age/identity.ts';
import type { VaultKeys } from '../trust/readTrust.ts';
import type { VaultRecord } from '../record.ts';
import { decodeRecord, timeOfRecord } from './recordCodec.ts';
import { openSealedKey } from '../age/sealedKey.ts';
import {
  announcedFrameLength,
  endMark,
  frameLengthAt,
  segmentCipher,
  tagOf,
} from './segmentFormat.ts';
import type { SegmentGap, SegmentContents } from './segmentContents.ts';
import { parseHeader, type ParsedHeader } from './segmentHeader.ts';
import {
  chainStart,
  readChain,
  saveRecords,
  type FoundRecord,
  type SavedRecords,
} from './segmentRepair.ts';

/**
 * Reads a whole segment. What does not authenticate is never part of the result; what does is, whatever
 * happened around it.
 * @throws {VaultError} `untrusted` when it is of no device of the vault, `damaged` when no copy of the header is whole or its key does not authenticate,
 * `unknownVersion` for a later format, `wrongKey` when it is sealed for none of the identities.
 */
export function readSegment(bytes: Uint8Array, { keyring, trust }: VaultKeys): SegmentContents {
  const parsed = parseHeader(bytes);
  if (parsed === undefined) {
    return noContents;
  }
  trust.demandSegment(parsed);
  const key = openSealedKey(parsed.sealedKey, keyring);
  const cipher = segmentCipher(key, parsed.hash);
  wipe(key);
  try {
    const { found, state } = readChain(bytes, cipher, chainStart(parsed.headerBytes));
    const broken = state.offset < bytes.length && !isMark(found.at(-1));
    const saved = broken ? saveRecords(bytes, cipher, state) : { found: [], repaired: 0 };
    return assemble(bytes, parsed, found, saved);
  } finally {
    wipe(cipher.subkey);
  }
}

/** Of a file that ends within its header, which is written before the first record. */
const noContents: SegmentContents = {
  header: undefined,
  records: [],
  unknownRecords: 0,
  end: 'torn',
  readBytes: 0,
  damage: undefined,
};

function assemble(
  bytes: Uint8Array,
  parsed: ParsedHeader,
  chained: readonly FoundRecord[],
  saved: SavedRecords,
): SegmentContents {
  const all = [...chained, ...saved.found];
  const records: VaultRecord[] = [];
  const gaps: SegmentGap[] = [];
  let unknownRecords = 0;
  let closed = false;
  let readBytes = parsed.headerBytes;
  let previous = { sequence: -1, end: parsed.headerBytes };
  let afterMs: number | undefined;
  // A hole's later bound is known only once a record behind it has been read.
  let open: Omit<SegmentGap, 'beforeMs'> | undefined;
  for (const { sequence, start, end, plain } of all) {
    const missing = sequence - previous.sequence - 1;
    if (missing > 0) {
      open = grow(open, missing, previous.end, Math.max(previous.end, start), afterMs);
    }
    previous = { sequence, end };
    readBytes = Math.max(readBytes, end);
    closed = isMark({ plain });
    if (closed) {
      break;
    }
    const record = decodeAuthentic(plain);
    if (record === 'malformed') {
      open = grow(open, 1, start, end, afterMs);
    } else if (record === undefined) {
      unknownRecords += 1;
    } else {
      records.push(record);
      afterMs = timeOfRecord(record);
      if (open !== undefined) {
        gaps.push({ ...open, beforeMs: afterMs });
        open = undefined;
      }
    }
  }
  const rest = restOf(bytes, readBytes, all);
  if (rest === 'foreign') {
    open = grow(open, closed ? 0 : 1, readBytes, bytes.length, afterMs);
  }
  if (open !== undefined) {
    gaps.push({ ...open, beforeMs: undefined });
  }
  const damaged = !parsed.whole || saved.found.length > 0 || gaps.length > 0 || rest === 'repeated';
  return {
    header: parsed.header,
    records,
    unknownRecords,
    end: closed ? 'closed' : rest === 'torn' ? 'torn' : 'open',
    readBytes,
    damage: damaged ? { header: !parsed.whole, repairedRecords: saved.repaired, gaps } : undefined,
  };
}

function grow(
  open: Omit<SegmentGap, 'beforeMs'> | undefined,
  records: number,
  startByte: number,
  endByte: number,
  afterMs: number | undefined,
): Omit<SegmentGap, 'beforeMs'> {
  return open === undefined
    ? { records, startByte, endByte, afterMs }
    : { ...open, records: open.records + records, endByte: Math.max(open.endByte, endByte) };
}

/** Who knows the public recipient can seal nonsense: authentic, and still no record. */
function decodeAuthentic(plain: Uint8Array): VaultRecord | 'malformed' | undefined {
  try {
    return decodeRecord(plain);
  } catch {
    return 'malformed';
  }
}

/** What stands behind the last authentic record. */
function restOf(
  bytes: Uint8Array,
  from: number,
  known: readonly FoundRecord[],
): 'nothing' | 'torn' | 'repeated' | 'foreign' {
  const tags = new Set(known.map(({ tag }) => hexOf(tag)));
  let offset = from;
  for (;;) {
    const length = frameLengthAt(bytes, offset);
    if (length === undefined || !tags.has(hexOf(tagOf(bytes.subarray(offset, offset + length))))) {
      break;
    }
    offset += length;
  }
  if (offset === bytes.length) {
    return offset === from ? 'nothing' : 'repeated';
  }
  const rest = bytes.subarray(offset);
  // An append that did not get to its end leaves a first part, or, when the machine stopped, zeros.
  const announced = announcedFrameLength(rest, 0);
  const isTorn =
    rest.length < 4 || (announced ?? 0) > rest.length || rest.every((byte) => byte === 0);
  return isTorn ? 'torn' : 'foreign';
}

function isMark(record: Pick<FoundRecord, 'plain'> | undefined): boolean {
  return record !== undefined && Buffer.compare(record.plain, endMark) === 0;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
