import { constants } from 'node:fs';
import { access, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { syncFolder } from '../../files/durableFiles.ts';
import { openNew } from '../../files/newFile.ts';
import { readPlain } from '../../files/plainFile.ts';
import { noSteps, type StepHook } from '../../files/stepHook.ts';
import { FocusError } from '../focusError.ts';

/** What an edit in place is about to do; kept in the journal until it is done. */
export interface HostsIntent {
  readonly before: Buffer;
  readonly after: Buffer;
}

export interface HostsEdit {
  readonly file: string;
  /** The new text of the old, both latin1; returning the same text changes nothing. May throw. */
  readonly change: (text: string) => string;
  /** Name of the temporary file beside the hosts file; always the same, so that a leftover is found. */
  readonly temporaryName: string;
  /** Called, and awaited, before the file is changed in place: from here a crash may tear it. */
  readonly beforeInPlace: (intent: HostsIntent) => Promise<void>;
  readonly step?: StepHook;
}

/** With the lists of a blocker it has tens of megabytes. */
const sizes = { largestBytes: 256 << 20 };

/** Linux and macOS have it at /etc/hosts; Windows below its system folder. */
export function systemHostsFile(environment: NodeJS.ProcessEnv = process.env): string {
  return process.platform === 'win32'
    ? path.join(environment['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts';
}

/** Whether there is a hosts file, and not something else of that name, which nobody could block by. */
export async function isHostsFileThere(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '')) {
      return false;
    }
    throw error;
  }
}

/**
 * The hosts file's bytes, as latin1.
 * @throws {FocusError} `unsupported` where there is none
 */
export async function readHosts(file: string): Promise<string> {
  // Looked at first: reading a pipe of that name would never end.
  if (!(await isHostsFileThere(file))) {
    throw new FocusError('unsupported', 'There is no hosts file.');
  }
  return (await readPlain(await realpath(file), sizes)).toString('latin1');
}

// What says that the file can't be replaced by a rename, though writing into it may work: no right to the
// folder, a bind mount (EBUSY), a lock by another program (Windows: EPERM, EACCES, EBUSY). Nor may a full disk hold a copy
// of the file, though taking something out of it needs no room.
const noRename = new Set(['EACCES', 'EPERM', 'EBUSY', 'EROFS', 'EXDEV', 'ENOSPC', 'EDQUOT']);
const tries = 5;

/**
 * Changes the hosts file: by a temporary file and a rename where that can be, else in place. What another program
 * wrote in between is never lost to us knowingly: the file is read again before the change.
 * @throws {FocusError} `notWritable`, `contended`, or what `change` throws.
 */
export async function editHosts(edit: HostsEdit): Promise<void> {
  const file = await realpath(edit.file);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const before = await readPlain(file, sizes);
    const after = Buffer.from(edit.change(before.toString('latin1')), 'latin1');
    if (after.equals(before)) {
      return;
    }
    const outcome = await replace(file, edit, { before, after });
    if (outcome === 'replaced') {
      return;
    }
    if (outcome === 'inPlace' && (await writeInPlace(file, edit, { before, after }))) {
      return;
    }
  }
  throw new FocusError(
    'contended',
    'Another program keeps changing the hosts file. Try again in a moment.',
  );
}

/** Whether an edit would work, without making one. */
export async function probeHosts(file: string): Promise<'writable' | 'notWritable' | 'missing'> {
  try {
    if (!(await isHostsFileThere(file))) {
      return 'missing';
    }
    const real = await realpath(file);
    // Enough by itself: in place is always possible then. A read-only mount answers EROFS, also to root.
    await access(real, constants.R_OK | constants.W_OK);
    return 'writable';
  } catch (error) {
    return systemErrorCode(error) === 'ENOENT' ? 'missing' : 'notWritable';
  }
}

/** Removes a temporary file that a crash left beside the hosts file. */
export async function removeHostsTemporary(file: string, temporaryName: string): Promise<void> {
  try {
    await rm(path.join(path.dirname(await realpath(file)), temporaryName), { force: true });
  } catch (error) {
    if (!noRename.has(systemErrorCode(error) ?? '')) {
      throw error;
    }
  }
}

/**
 * Finishes an edit in place that a crash tore: a file that is the new bytes up to some place and the old ones
 * from there on becomes the new. Any other content is left alone: it is whole, or another program's.
 */
export async function finishTornEdit(
  file: string,
  intent: HostsIntent,
  step: StepHook = noSteps,
): Promise<void> {
  const real = await realpath(file);
  const current = await readPlain(real, sizes);
  if (isTorn(current, intent)) {
    await overwrite(real, current, intent.after, step);
  }
}

function isTorn(current: Buffer, { before, after }: HostsIntent): boolean {
  if (current.equals(before) || current.equals(after)) {
    return false;
  }
  const done = commonLength(current, after);
  return current.subarray(done).equals(before.subarray(done));
}

async function replace(
  file: string,
  { temporaryName, step = noSteps }: HostsEdit,
  { before, after }: HostsIntent,
): Promise<'replaced' | 'inPlace' | 'again'> {
  const temporary = path.join(path.dirname(file), temporaryName);
  try {
    const { mode, uid, gid } = await stat(file);
    await rm(temporary, { force: true });
    const handle = await openNew(temporary);
    try {
      step('hosts: temporary made');
      await handle.writeFile(after);
      step('hosts: temporary written');
      await handle.chmod(mode & 0o7777);
      if (process.platform !== 'win32') {
        await handle.chown(uid, gid);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    step('hosts: before rename');
    if (!(await readPlain(file, sizes)).equals(before)) {
      await rm(temporary, { force: true });
      return 'again';
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (noRename.has(systemErrorCode(error) ?? '')) {
      return 'inPlace';
    }
    throw error;
  }
  step('hosts: renamed');
  await syncFolder(path.dirname(file));
  return 'replaced';
}

/** @returns false when the file changed under us and nothing was written. */
async function writeInPlace(file: string, edit: HostsEdit, intent: HostsIntent): Promise<boolean> {
  const step = edit.step ?? noSteps;
  if ((await probeHosts(file)) !== 'writable') {
    throw notWritable();
  }
  const { before, after } = intent;
  // Cutting off the end is one step, which nothing can tear; it works where no intent could be written, on a full disk.
  if (!before.subarray(0, after.length).equals(after)) {
    await edit.beforeInPlace(intent);
    step('hosts: intent kept');
  }
  const current = await readPlain(file, sizes);
  if (!current.equals(before)) {
    return false;
  }
  try {
    await overwrite(file, current, after, step);
  } catch (error) {
    if (isFull(error)) {
      // Half of an entry is worse than none; what was there has its room still.
      await overwrite(file, await readPlain(file, sizes), before, noSteps);
    }
    throw error;
  }
  return true;
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemErrorCode(error) ?? '');
}

/** Writes from the first byte that differs; a shorter file is cut last. */
async function overwrite(
  file: string,
  current: Buffer,
  after: Buffer,
  step: StepHook,
): Promise<void> {
  const from = commonLength(current, after);
  let handle;
  try {
    handle = await open(file, 'r+');
  } catch (error) {
    throw noRename.has(systemErrorCode(error) ?? '') ? notWritable(error) : error;
  }
  try {
    for (let at = from; at < after.length;) {
      // In pieces only where a test wants to stop between them.
      const length = step === noSteps ? after.length - at : Math.min(64, after.length - at);
      const { bytesWritten } = await handle.write(after, at, length, at);
      at += bytesWritten;
      step('hosts: piece written in place');
    }
    await handle.truncate(after.length);
    step('hosts: cut');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function commonLength(one: Buffer, other: Buffer): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one[length] === other[length]) {
    length += 1;
  }
  return length;
}

function notWritable(cause?: unknown): FocusError {
  return new FocusError(
    'notWritable',
    'The hosts file is not writable for you. Use another way of blocking, or install the helper.',
    cause,
  );
}
