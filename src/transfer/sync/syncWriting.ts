import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { readIfOurs, replaceFile, syncFolder } from '../../files/durableFiles.ts';
import { shredFile } from '../../files/shredFile.ts';
import { noSteps } from '../../files/stepHook.ts';
import { sealAsOwner } from '../../vault/trust/ownerSeal.ts';
import { formatVaultFile, type VaultFile } from '../../vault/protectors/vaultFile.ts';
import { signedPassphraseKeysOf } from '../copies/backupKeys.ts';
import { keysFileName, shortVaultId } from '../copies/backupNames.ts';
import { placeholderOf } from '../copies/toolNames.ts';
import { isSame } from './syncHomes.ts';
import {
  doubtfulFileName,
  isSyncKeys,
  isSyncLeftover,
  monthFileName,
  timelessMonth,
} from './syncNames.ts';
import { digestMonths, MonthMaker } from './syncMonths.ts';
import { sha256Of } from './syncedFiles.ts';
import type { WrittenMonths } from './syncState.ts';
import type { JobPlace } from '../transferJob.ts';

/** A temporary file that nobody has written to for so long is a dead process's. */
const leftoverMs = 3_600_000;

/** A month of this device as it lies in the folder. */
export interface PresentMonth {
  readonly sha256: string;
  /** `undefined` when it could not be read. */
  readonly contentSha256: string | undefined;
  /** Whether it is sealed for the present recipient, and signed by the vault's owner. */
  readonly isCurrent: boolean;
  /** Whether it can't be read, and nobody knows what is in it: it may hold what a vault that was put back has lost. */
  readonly isUnknown?: boolean;
  /** Whether it was not read only because nobody knows who made it: the person may say so later. */
  readonly isDoubtful?: boolean;
}

export interface WritingPlan {
  /** The vault's sync folder, and this device's within it. */
  readonly home: string;
  readonly own: string;
  /** This device's id, and the number of what it writes now: `monthLabel.ts`. */
  readonly device: string;
  readonly number: number;
  readonly vault: VaultFile;
  /** This device's files as they were found. */
  readonly present: ReadonlyMap<string, PresentMonth>;
  /** What was written when this device last wrote; its recipient. */
  readonly before: WrittenMonths;
  readonly recipientBefore: string | undefined;
  /** Copies of this device's files under other names or in other folders, by path, all of which are merged. */
  readonly copies: readonly string[];
}

export interface WritingResult {
  readonly months: WrittenMonths;
  /** Those that were written now. */
  readonly made: readonly string[];
  readonly removed: number;
  /** Names of this device's files in whose place a folder lies: they stay unwritten. */
  readonly blocked: readonly string[];
}

/**
 * Brings this device's files up to what the vault holds: the deletions first, then month by month. A file that holds that
 * already stays as it is, byte for byte, so that no sync tool carries it again.
 */
export async function writeMonths(plan: WritingPlan, place: JobPlace): Promise<WritingResult> {
  const { home, own, device, number, vault, present, before, copies } = plan;
  const { sqlite, signal, step = noSteps } = place;
  const { database } = await place.ledger();
  const wanted = digestMonths(database, () => {
    place.progress(0, 1);
    signal.throwIfAborted();
  });
  // Not with their parents: where the folder is gone, a drive was taken out.
  await makeInner(home);
  await makeInner(own);
  await removeLeftovers(own, place);
  const blocked = await foldersAmong(own, [
    keysFileName(shortVaultId(vault.vault)),
    ...[...wanted.keys()].map(monthFileName),
  ]);
  if (!blocked.includes(keysFileName(shortVaultId(vault.vault)))) {
    await writeKeys(own, vault, place);
  }
  const wasRotated = plan.recipientBefore !== vault.recipient;
  // The bytes of what was deleted, or is sealed for somebody who may no longer read it, are not left to the disk.
  const shreds = wasRotated || wanted.get(timelessMonth) !== before[timelessMonth]?.contentSha256;
  const months: WrittenMonths = {};
  let maker: MonthMaker | undefined;
  const made: string[] = [];
  let done = 0;
  for (const [month, contentSha256] of [...wanted].sort(deletionsFirst)) {
    place.progress(done++, wanted.size);
    signal.throwIfAborted();
    const there = present.get(month);
    if (there?.contentSha256 === contentSha256 && there.isCurrent) {
      months[month] = { contentSha256, sha256: there.sha256 };
      continue;
    }
    const target = path.join(own, monthFileName(month));
    if (blocked.includes(monthFileName(month))) {
      continue;
    }
    maker ??= new MonthMaker(database, sqlite);
    const sealed = sealAsOwner(place.keyring, 'month', maker.make({ device, month, number }));
    if (there?.isUnknown === true && there.isDoubtful === true) {
      await rename(target, path.join(own, doubtfulFileName(month, there.sha256)));
    }
    await (shreds && there !== undefined
      ? replaceAndShred(target, sealed, place)
      : replaceFile(target, sealed, { step }));
    months[month] = { contentSha256, sha256: sha256Of(sealed) };
    made.push(month);
  }
  const unwanted = [...present]
    .filter(([month, { isUnknown }]) => !wanted.has(month) && isUnknown !== true)
    .map(([month]) => monthFileName(month));
  const extra = [
    ...unwanted.map((month) => path.join(own, month)),
    ...(await withoutOwn(copies, own, Object.keys(months))),
  ];
  for (const file of extra) {
    signal.throwIfAborted();
    await shredFile(file);
    step(`${path.basename(file)}: removed`);
  }
  // What stands for a month that a sync tool holds elsewhere goes with the month.
  for (const name of await readdir(own)) {
    const file = path.join(own, name);
    if (unwanted.includes(placeholderOf(name) ?? '') && !(await isFolder(file))) {
      await rm(file, { force: true });
    }
  }
  await syncFolder(own);
  for (const folder of new Set(copies.map((file) => path.dirname(file)))) {
    // Only one that is named after this device.
    if (folder.includes(path.basename(own)) && !(await isSame(folder, own))) {
      await removeCopiedFolder(folder, home);
    }
  }
  place.progress(wanted.size, wanted.size);
  return { months, made, removed: extra.length, blocked };
}

/** In a file system that takes upper case for no other name, what looks like a copy may be the very file that was written. */
async function withoutOwn(
  copies: readonly string[],
  own: string,
  months: readonly string[],
): Promise<string[]> {
  const left: string[] = [];
  for (const copy of copies) {
    const isMonth = months.some((month) => isSameName(path.basename(copy), monthFileName(month)));
    if (!isMonth || !(await isSame(copy, path.join(own, path.basename(copy).toLowerCase())))) {
      left.push(copy);
    }
  }
  return left;
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A folder that a sync tool copied, once the files in it are gone: this device's keys too, as they may be locked otherwise by now. */
async function removeCopiedFolder(folder: string, home: string): Promise<void> {
  try {
    const names = await readdir(folder);
    if (!names.every(isSyncKeys)) {
      return;
    }
    for (const name of names) {
      await shredFile(path.join(folder, name));
    }
    await rmdir(folder);
    const parent = path.dirname(folder);
    if (path.dirname(parent) === path.dirname(home) && parent !== home) {
      await rmdir(parent);
    }
  } catch (error) {
    // Somebody put something there, or took it away; nothing of it is a month.
    if (systemErrorCode(error) === undefined) {
      throw error;
    }
  }
}

function deletionsFirst(
  [one]: readonly [string, string],
  [other]: readonly [string, string],
): number {
  const order = Number(other === timelessMonth) - Number(one === timelessMonth);
  return order === 0 ? (one < other ? -1 : 1) : order;
}

/** Those of the names that are a folder's: it may be somebody's, and no file takes its place. */
async function foldersAmong(own: string, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) {
    if (await isFolder(path.join(own, name))) {
      found.push(name);
    }
  }
  return found;
}

async function isFolder(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Makes a folder in one that must be there. */
async function makeInner(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') {
      throw error;
    }
  }
}

/** The old bytes are put aside, and overwritten once the new ones are there; where they don't come, they come back. */
async function replaceAndShred(target: string, bytes: Uint8Array, place: JobPlace): Promise<void> {
  const { step = noSteps } = place;
  const aside = `${target}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await rename(target, aside);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') {
      throw error;
    }
  }
  step(`${path.basename(target)}: put aside`);
  try {
    await replaceFile(target, bytes, { step });
  } catch (error) {
    await rename(aside, target).catch(() => undefined);
    throw error;
  }
  await shredFile(aside);
}

/** The passphrase's wrapping of the identities, for a new device; when the passphrase was taken away, so is the file. */
async function writeKeys(own: string, vault: VaultFile, place: JobPlace): Promise<void> {
  const target = path.join(own, keysFileName(shortVaultId(vault.vault)));
  const keys = signedPassphraseKeysOf(vault, place.keyring);
  if (keys === undefined) {
    await rm(target, { force: true });
    return;
  }
  const bytes = formatVaultFile(keys);
  if ((await readIfOurs(target))?.equals(bytes) !== true) {
    await replaceFile(target, bytes, { step: place.step ?? noSteps });
  }
}

async function removeLeftovers(own: string, { clock }: JobPlace): Promise<void> {
  for (const name of (await readdir(own)).filter(isSyncLeftover)) {
    const file = path.join(own, name);
    // Another window may be writing, and be done by now.
    const found = await lstat(file).catch(() => undefined);
    if (found?.isDirectory() === false && clock.wallMs() - found.mtimeMs > leftoverMs) {
      await shredFile(file);
    }
  }
}
