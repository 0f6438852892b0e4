import path from 'node:path';
import { visibleText } from '../../base/visibleText.ts';
import type { DataReading } from '../../readings/dataReading.ts';
import type { BackupState } from '../../transfer/backup/backupSchedule.ts';
import type { DataSettings } from '../settings/settingTable.ts';

const longestName = 200;

export interface DataStateOptions {
  readonly settings: DataSettings;
  readonly backup: BackupState | undefined;
  /** Why the last backup failed, in words. */
  readonly why: string | undefined;
  readonly asksForKitCheck: boolean;
}

/** What the dashboard shows. */
export function dataStateOf({
  settings,
  backup,
  why,
  asksForKitCheck,
}: DataStateOptions): DataReading {
  const { backupFolder, backupSchedule, syncFolder } = settings;
  const sinceMs = backup?.failingSinceMs ?? null;
  return {
    backup:
      backupFolder === ''
        ? null
        : {
            folderName: nameOf(backupFolder),
            isDaily: backupSchedule === 'daily',
            lastMs: backup?.lastGoodMs ?? null,
            verifiedMs: backup?.lastVerifiedMs ?? null,
            failing: sinceMs === null ? null : { sinceMs, why: (why ?? '').slice(0, longestName) },
          },
    syncFolderName: syncFolder === '' ? null : nameOf(syncFolder),
    asksForKitCheck,
  };
}

/** The last part of a path; of a drive or the root all of it. */
function nameOf(folder: string): string {
  const name = path.basename(folder);
  return visibleText(name === '' ? folder : name).slice(0, longestName);
}
