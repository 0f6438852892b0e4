import { wipe } from '../age/identity.ts';
import type { VaultKeys } from '../trust/readTrust.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { VaultRecord } from '../record.ts';
import { decodeRecord } from './recordCodec.ts';
import { openSealedKey } from '../age/sealedKey.ts';
import {
  announcedFrameLength,
  endMark,
  segmentCipher,
  type SegmentCipher,
} from './segmentFormat.ts';
import { parseHeader, type ParsedHeader } from './segmentHeader.ts';
import { chainStart, readChain, saveRecords, type ChainState } from './segmentRepair.ts';

/** What came behind the place that was read up to. */
export interface TailContents {
  readonly records: readonly VaultRecord[];
  /** Authentic records of a type or schema version of a later Millrace. */
  readonly unknownRecords: number;
  /**
   * Something there does not authenticate; read the whole file with `readSegment`. A last record of which
   * only a part is there yet is not broken.
   */
  readonly broken: boolean;
  /** The writer's end mark was read; nothing will follow. */
  readonly closed: boolean;
}

/** Follows one growing segment, reading each record once. Holds its key until it is disposed. */
export class SegmentTail implements Disposable {
  readonly header: ParsedHeader;
  readonly #cipher: SegmentCipher;
  #state: ChainState;

  private constructor(header: ParsedHeader, cipher: SegmentCipher) {
    this.header = header;
    this.#cipher = cipher;
    this.#state = chainStart(header.headerBytes);
  }

  /**
   * Opens a segment from its first bytes; `undefined` when its header is not all there yet.
   * @throws {VaultError} as `readSegment` does.
   */
  static open(bytes: Uint8Array, { keyring, trust }: VaultKeys): SegmentTail | undefined {
    const header = parseHeader(bytes);
    if (header === undefined) {
      return undefined;
    }
    trust.demandSegment(header);
    const key = openSealedKey(header.sealedKey, keyring);
    const cipher = segmentCipher(key, header.hash);
    wipe(key);
    return new SegmentTail(header, cipher);
  }

  /** The place of the next byte that is wanted. */
  get offset(): number {
    return this.#state.offset;
  }

  /** Reads the file's bytes from {@link offset} on. */
  next(bytes: Uint8Array): TailContents {
    const { sequence, offset, previousTag } = this.#state;
    const { found, state } = readChain(bytes, this.#cipher, { sequence, offset: 0, previousTag });
    // The tag is a view of the caller's bytes.
    this.#state = {
      sequence: state.sequence,
      offset: offset + state.offset,
      previousTag: Uint8Array.from(state.previousTag),
    };
    const last = found.at(-1);
    const closed = last !== undefined && Buffer.compare(last.plain, endMark) === 0;
    const rest = bytes.subarray(state.offset);
    const announced = announcedFrameLength(rest, 0);
    // A length that was changed may announce more than there is as well: then there are records behind it.
    const waits =
      rest.length < 4 ||
      ((announced ?? 0) > rest.length &&
        saveRecords(bytes, this.#cipher, state).found.length === 0);
    const reading = { records: new Array<VaultRecord>(), unknownRecords: 0, malformed: false };
    for (const { plain } of closed ? found.slice(0, -1) : found) {
      try {
        const record = decodeRecord(plain);
        if (record === undefined) {
          reading.unknownRecords += 1;
        } else {
          reading.records.push(record);
        }
      } catch {
        reading.malformed = true;
      }
    }
    return {
      records: reading.records,
      unknownRecords: reading.unknownRecords,
      broken: reading.malformed || (closed ? rest.length > 0 : !waits),
      closed,
    };
  }

  dispose(): void {
    wipe(this.#cipher.subkey);
  }
}
