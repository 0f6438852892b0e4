import { open, type FileHandle } from 'node:fs/promises';

export interface NewFileOptions {
  /** Whether all that is written goes behind what is there by then. */
  readonly appends?: boolean;
}

/**
 * Makes a file for its owner alone (0600). What has the name already is neither opened nor followed, be it a link to nothing. The caller
 * closes it.
 * @throws a system error, `EEXIST` where anything has the name
 */
export function openNew(
  file: string,
  { appends = false }: NewFileOptions = {},
): Promise<FileHandle> {
  return open(file, appends ? 'ax' : 'wx', 0o600);
}
