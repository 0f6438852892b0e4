import { open, realpath, type FileHandle } from 'node:fs/promises';
import { openToRead, readAtMost, type PlainOptions } from './plainFile.ts';

/**
 * Opening what a person named themselves, in a dialog or on the command line. A link of theirs is followed to the file that it leads
 * to; that has to be a regular one, as everywhere. What the shell hands over (`--identity <(age -d kit.age)`, `/dev/stdin`) lies in
 * no folder, and is read until it ends.
 */

/** As shells name what they open for a command. */
const handedOver = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * Opens a file to read it. The caller closes it.
 * @throws as {@link openToRead}
 */
export async function openNamed(file: string, options: PlainOptions = {}): Promise<FileHandle> {
  if (process.platform !== 'win32' && handedOver.test(file)) {
    return open(file, 'r');
  }
  // Some drives can't be named by the system's own means: what is there then is opened as it is named.
  return openToRead(await realpath(file).catch(() => file), options);
}

/**
 * The first bytes of a file: as many, or all where it has fewer.
 * @throws as {@link openNamed}
 */
export async function readNamedStart(file: string, mostBytes: number): Promise<Buffer> {
  return readAtMost(await openNamed(file), mostBytes);
}
