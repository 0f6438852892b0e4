import type { FileHandle } from 'node:fs/promises';
import {
  ForeignFileError,
  openToRead,
  openToReadNow,
  readPlain,
  readStart,
} from '../../files/plainFile.ts';
import { VaultError } from '../vaultError.ts';

/**
 * Opening what a vault is read from. In the place of a segment or a snapshot may lie a link, a pipe, or what is as large as the drive:
 * it is damage like any other then, is told so, and is neither followed nor waited for.
 */

/** Of a `vault.json`, with all that it names as accepted. */
export const largestVaultFileBytes = 16 << 20;
/** A writer begins another one at 128 KiB, and a batch of records on top of that is some megabytes at most. */
const largestSegmentBytes = 64 << 20;
/** Of a snapshot, a backup or a list of imports. Ten years have not a third of it. */
const largestSealedBytes = 768 << 20;
/** Of a lock, a marker or a key file. */
export const largestMarkBytes = 4096;

/**
 * The bytes of a segment.
 * @throws {VaultError} `damaged` when it is no file of ours
 * @throws a system error; `ENOENT` when it is gone
 */
export function readSegmentFile(file: string): Promise<Buffer> {
  return readPlain(file, { largestBytes: largestSegmentBytes }).catch(asDamage);
}

/** Opens a segment; as {@link readSegmentFile}. The caller closes it. */
export function openSegmentFile(file: string): Promise<FileHandle> {
  return openToRead(file, { largestBytes: largestSegmentBytes }).catch(asDamage);
}

/** The bytes of an age file; as {@link readSegmentFile}. */
export function readSealedFile(file: string): Promise<Buffer> {
  return readPlain(file, { largestBytes: largestSealedBytes }).catch(asDamage);
}

/** Opens an age file, at once; as {@link readSegmentFile}. @returns the descriptor, which the caller closes */
export function openSealedFile(file: string): number {
  try {
    return openToReadNow(file, { largestBytes: largestSealedBytes });
  } catch (error) {
    return asDamage(error);
  }
}

/** The first bytes of a part; as {@link readSegmentFile}. */
export function readPartStart(file: string, mostBytes: number): Promise<Uint8Array> {
  return readStart(file, mostBytes).catch(asDamage);
}

function asDamage(error: unknown): never {
  throw error instanceof ForeignFileError
    ? new VaultError('damaged', 'In the place of a part of the vault lies something else', {
        cause: error,
      })
    : error;
}
