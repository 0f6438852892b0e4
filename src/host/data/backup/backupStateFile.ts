import path from 'node:path';
import { readIfThere, replaceFile } from '../../../files/durableFiles.ts';
import {
  formatBackupState,
  newBackupState,
  parseBackupState,
  type BackupState,
} from '../../../transfer/backup/backupSchedule.ts';

const stateFileName = 'backup-state.json';

/** What this device remembers of its backups into a folder; nothing, where the last ones went to another. */
export async function readBackupState(storage: string, folder: string): Promise<BackupState> {
  const bytes = await readIfThere(path.join(storage, stateFileName)).catch(() => undefined);
  const state = parseBackupState(bytes);
  return state.folder === folder ? state : { ...newBackupState, folder };
}

/** Remembers, whole or not at all. */
export async function writeBackupState(storage: string, state: BackupState): Promise<void> {
  await replaceFile(path.join(storage, stateFileName), formatBackupState(state), {
    makesFolder: true,
  });
}
