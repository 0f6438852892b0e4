import { randomBytes } from 'node:crypto';
import { lstat, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { syncFolder } from '../../files/durableFiles.ts';
import { openNew } from '../../files/newFile.ts';
import { wipe } from '../age/identity.ts';
import { sealKey } from '../age/sealedKey.ts';
import {
  endMark,
  firstPreviousTag,
  sealFrame,
  segmentCipher,
  tagOf,
  type SegmentCipher,
} from './segmentFormat.ts';
import type { SegmentHeader } from './segmentContents.ts';
import { formatHeader, type SegmentAuthor } from './segmentHeader.ts';
import { segmentFileName } from '../folder/vaultFolder.ts';

/** A segment that a writer appends to. After any error it is never written to again. */
export class SegmentFile {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #cipher: SegmentCipher;
  readonly #held: Uint8Array[] = [];
  /** What has to be written before the first record. */
  #header: Uint8Array | undefined;
  #sequence = 0;
  #previousTag: Uint8Array = firstPreviousTag;
  #sizeBytes = 0;

  private constructor(
    file: string,
    handle: FileHandle,
    cipher: SegmentCipher,
    headerBytes: Uint8Array,
  ) {
    this.#file = file;
    this.#handle = handle;
    this.#cipher = cipher;
    this.#header = headerBytes;
  }

  /** Makes a new segment's file, still empty. */
  static async create(
    segmentsFolder: string,
    header: SegmentHeader,
    recipient: string,
    author: SegmentAuthor,
  ): Promise<SegmentFile> {
    const file = path.join(segmentsFolder, segmentFileName(header.writerId, header.number));
    const handle = await openNew(file, { appends: true });
    const key = Uint8Array.from(randomBytes(32));
    const { bytes, hash } = formatHeader(header, sealKey(key, recipient), author);
    const cipher = segmentCipher(key, hash);
    wipe(key);
    return new SegmentFile(file, handle, cipher, bytes);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The plaintexts of every record that is in the file, oldest first. */
  get held(): readonly Uint8Array[] {
    return this.#held;
  }

  /**
   * Appends records and makes them last.
   * @returns false when the file is no longer in its place: a peer took this writer for dead and may have read
   * the file before these records came. They, and all that was held, have to be written elsewhere.
   * @throws what the file system says; nothing of these records may be taken for written.
   */
  async append(plains: readonly Uint8Array[]): Promise<boolean> {
    const inPlace = await this.#write(plains);
    this.#held.push(...plains);
    return inPlace;
  }

  /**
   * Writes the end mark and closes. An error is no loss: the mark only says that nothing was to follow.
   * @returns false as {@link append} does.
   */
  async end(): Promise<boolean> {
    try {
      return this.#sequence === 0 || (await this.#write([endMark]));
    } finally {
      await this.abandon();
    }
  }

  /** Closes as it is; a file that holds no record is removed. */
  async abandon(): Promise<void> {
    wipe(this.#cipher.subkey);
    await this.#handle.close();
    if (this.#held.length === 0) {
      await rm(this.#file, { force: true });
    }
  }

  async #write(plains: readonly Uint8Array[]): Promise<boolean> {
    const isFirst = this.#header !== undefined;
    const parts = this.#header === undefined ? [] : [this.#header];
    this.#header = undefined;
    for (const plain of plains) {
      const frame = sealFrame(this.#cipher, this.#sequence, this.#previousTag, plain);
      this.#sequence += 1;
      this.#previousTag = tagOf(frame);
      parts.push(frame);
    }
    const bytes = Buffer.concat(parts);
    // One write, so that a process that is killed leaves all of it or nothing on any local file system.
    await this.#handle.writeFile(bytes);
    // fdatasync covers the new length too (POSIX: whatever is needed to read the data back); macOS and Windows
    // make it a full flush.
    await this.#handle.datasync();
    if (isFirst) {
      await syncFolder(path.dirname(this.#file));
    }
    this.#sizeBytes += bytes.length;
    return this.#isInPlace();
  }

  /** Neither unlinked (no link left) nor moved to trash (another file, or none, of its name). */
  async #isInPlace(): Promise<boolean> {
    const own = await this.#handle.stat({ bigint: true });
    if (own.nlink === 0n) {
      return false;
    }
    try {
      const there = await lstat(this.#file, { bigint: true });
      return there.ino === own.ino;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') {
        return false;
      }
      throw error;
    }
  }
}
