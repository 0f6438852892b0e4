import { lstat, type FileHandle } from 'node:fs/promises';
import type { Disposable } from '../../base/disposable.ts';
import type { Keyring } from '../age/identity.ts';
import type { ReadTrust } from '../trust/readTrust.ts';
import type { VaultRecord } from '../record.ts';
import { longestHeaderBytes } from '../segments/segmentHeader.ts';
import { readSegment } from '../segments/segmentReader.ts';
import { SegmentTail } from '../segments/segmentTail.ts';
import type { Coverage } from '../database/snapshot.ts';
import { openSegmentFile, readSegmentFile } from '../folder/vaultParts.ts';
import { VaultError } from '../vaultError.ts';

/**
 * Reads one segment as it grows, each byte once. Where a part does not authenticate, the whole file is read
 * again by the reader that saves what can be saved; records are idempotent, so that does no harm.
 */
export class SegmentFollower implements Disposable {
  readonly #path: string;
  readonly #keyring: Keyring;
  #tail: SegmentTail | undefined;
  #sizeBytes = 0;
  #readBytes = 0;
  #records = 0;
  #incomplete = false;
  /** Whom was trusted when it was found to be of nobody who is. */
  #distrust: string | undefined;
  #closed = false;
  /** A snapshot says how far the segment is in it, but not whether it was ended there. */
  #isEndUnknown = false;

  constructor(segmentPath: string, keyring: Keyring) {
    this.#path = segmentPath;
    this.#keyring = keyring;
  }

  /** True when the file holds, or held, something that was not understood. It must not be thrown away. */
  get isIncomplete(): boolean {
    return this.#incomplete;
  }

  /** True when it is of no device that is trusted. Nothing of it was read, and it must not be thrown away either. */
  get isStrange(): boolean {
    return this.#distrust !== undefined;
  }

  /** Everything before this byte was read. */
  get readBytes(): number {
    return this.#readBytes;
  }

  /** How long the file was when it was last read. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * True once its writer said that nothing will follow what was read.
   * @throws a system error; `ENOENT` when the segment is gone.
   */
  async isClosed(trust: ReadTrust): Promise<boolean> {
    if (this.#isEndUnknown) {
      this.#isEndUnknown = false;
      try {
        const bytes = await readSegmentFile(this.#path);
        const { end, readBytes } = readSegment(bytes, {
          keyring: this.#keyring,
          trust,
        });
        this.#closed = end === 'closed' && readBytes === this.#readBytes;
      } catch (error) {
        if (!VaultError.is(error)) {
          throw error;
        }
      }
    }
    return this.#closed;
  }

  get records(): number {
    return this.#records;
  }

  /** Takes the first bytes for read, as a snapshot holds them; should there be more, all are read again. */
  assumeRead({ bytes, records }: Coverage): void {
    this.#sizeBytes = this.#readBytes = bytes;
    this.#records = records;
    this.#isEndUnknown = true;
  }

  /**
   * The records that came since the last call; none of a segment that is not trusted, which is looked at again when others are.
   * @throws a system error; `ENOENT` when the segment is gone.
   */
  async read(trust: ReadTrust): Promise<readonly VaultRecord[]> {
    const isSame = this.#distrust === undefined || this.#distrust === trust.mark;
    if (isSame && (await lstat(this.#path)).size === this.#sizeBytes) {
      return [];
    }
    let handle: FileHandle | undefined;
    try {
      handle = await openSegmentFile(this.#path);
      const { size } = await handle.stat();
      this.#sizeBytes = size;
      this.#isEndUnknown = false;
      return await this.#readFrom(handle, size, trust);
    } catch (error) {
      if (VaultError.is(error, 'untrusted')) {
        this.#distrust = trust.mark;
        return [];
      }
      if (VaultError.is(error)) {
        this.#incomplete = true;
        return [];
      }
      throw error;
    } finally {
      await handle?.close();
    }
  }

  dispose(): void {
    this.#tail?.dispose();
    this.#tail = undefined;
  }

  async #readFrom(
    handle: FileHandle,
    size: number,
    trust: ReadTrust,
  ): Promise<readonly VaultRecord[]> {
    this.#distrust = undefined;
    if (this.#incomplete) {
      return this.#readWhole(handle, size, trust);
    }
    if (this.#tail === undefined) {
      this.#tail = SegmentTail.open(await readBytes(handle, 0, longestHeaderBytes), {
        keyring: this.#keyring,
        trust,
      });
      this.#records = this.#readBytes = 0;
    }
    if (this.#tail === undefined) {
      return [];
    }
    const offset = this.#tail.offset;
    const { records, unknownRecords, broken, closed } = this.#tail.next(
      await readBytes(handle, offset, size - offset),
    );
    if (broken) {
      return this.#readWhole(handle, size, trust);
    }
    this.#incomplete = unknownRecords > 0;
    this.#closed = closed;
    this.#readBytes = this.#tail.offset;
    this.#records += records.length;
    return records;
  }

  async #readWhole(
    handle: FileHandle,
    size: number,
    trust: ReadTrust,
  ): Promise<readonly VaultRecord[]> {
    const keys = { keyring: this.#keyring, trust };
    const reading = readSegment(await readBytes(handle, 0, size), keys);
    this.#incomplete = reading.damage !== undefined || reading.unknownRecords > 0;
    this.#closed = reading.end === 'closed';
    this.#readBytes = reading.readBytes;
    this.#records = reading.records.length;
    return reading.records;
  }
}

/** Up to so many bytes; fewer when the file ends before. */
async function readBytes(
  handle: FileHandle,
  offset: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, lengthBytes));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done);
    if (bytesRead === 0) {
      break;
    }
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
