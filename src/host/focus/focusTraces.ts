import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';

/**
 * Whether any window has ever had a focus session, or something of the machine is still changed: the files of
 * src/focus/session/focusStateFile.ts and src/focus/undo/restoreJournal.ts. Two looks at the disk, so that windows in
 * which nobody uses focus sessions load nothing of them.
 */
export async function hasFocusTraces(storageFolder: string): Promise<boolean> {
  return (
    (await isThere(path.join(storageFolder, 'focus.json'))) ||
    (await names(path.join(storageFolder, 'restore'))).some((name) => name.endsWith('.json'))
  );
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    return notThere(error, false);
  }
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    return notThere(error, []);
  }
}

function notThere<T>(error: unknown, answer: T): T {
  if (systemErrorCode(error) === 'ENOENT') {
    return answer;
  }
  throw error;
}
