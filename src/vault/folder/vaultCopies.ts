import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { ForeignFileError, readPlain, readStart } from '../../files/plainFile.ts';
import { dataFolderNames, importsFolderName, vaultFileName } from './vaultFolder.ts';

/** What sync tools make of a vault's files where its folder lies in one of theirs: `vault (1).json`, `segments 2/`, links. */

/** Every folder of a vault that a purge empties. */
export const purgedFolderNames = [...dataFolderNames, importsFolderName];

/** A `vault.json` is far smaller. */
const largestKeysBytes = 256 << 10;
const starts = ['MRSEG1', 'age-encryption.org/v1\n'];
const longestStart = 22;

/**
 * Files beside `vault.json` that hold the wrapped keys of the vault under another name, by path.
 * @param vaultId `undefined` where it is not known
 */
export async function copiesOfKeys(folder: string, vaultId: string | undefined): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const { name } = entry;
    const mayBe = entry.isFile() && /vault.*json/i.test(name) && !name.startsWith(vaultFileName);
    if (mayBe && (await holdsKeys(path.join(folder, name), vaultId))) {
      found.push(path.join(folder, name));
    }
  }
  return found;
}

/** Copies of a vault's inner folders, by path. */
export async function copiesOfFolders(folder: string): Promise<string[]> {
  return (await entriesOf(folder))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => !purgedFolderNames.some((own) => own === name))
    .filter((name) => purgedFolderNames.some((own) => name.toLowerCase().includes(own)))
    .map((name) => path.join(folder, name));
}

/** Segments and age files in a folder, by what they begin with, and by path. */
export async function sealedFilesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && (await beginsAsOurs(file))) {
      found.push(file);
    }
  }
  return found;
}

/**
 * Removes links from one of a vault's folders, and nothing of what they lead to.
 * @throws {Error} when there was one: what it leads to is still there
 */
export async function removeLinks(folder: string): Promise<void> {
  const links = (await entriesOf(folder)).filter((entry) => entry.isSymbolicLink());
  for (const { name } of links) {
    await rm(path.join(folder, name), { force: true });
  }
  if (links.length > 0) {
    throw new Error('What a link in the vault leads to was left');
  }
}

/**
 * Removes one of a vault's folders where it is a link, and nothing of what it leads to: that is no folder of the vault's, whatever lies
 * in it.
 * @returns false where it is none
 * @throws {Error} when it was one
 */
export async function removeIfLink(folder: string): Promise<boolean> {
  const isLink = await lstat(folder).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) {
    await rm(folder, { force: true });
    throw new Error('What a link in the vault leads to was left');
  }
  return false;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

async function holdsKeys(file: string, vaultId: string | undefined): Promise<boolean> {
  const bytes = await unlessForeign(readPlain(file, { largestBytes: largestKeysBytes }));
  const text = bytes?.toString('latin1') ?? '';
  return text.includes('"millrace-vault"') && text.includes(vaultId ?? '');
}

async function beginsAsOurs(file: string): Promise<boolean> {
  const bytes = await unlessForeign(readStart(file, longestStart));
  const text = Buffer.from(bytes ?? []).toString('latin1');
  return starts.some((start) => text.startsWith(start));
}

async function unlessForeign<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ForeignFileError) {
      return undefined;
    }
    throw error;
  }
}
