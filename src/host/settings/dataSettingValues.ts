import type { TakeSetting } from './focusSettingValues.ts';

export const backupSchedules = ['off', 'daily'] as const;
export type BackupSchedule = (typeof backupSchedules)[number];

/** The settings of what leaves the vault, every one within its range. Folders are absolute, or empty for none. */
export interface DataSettings {
  readonly backupFolder: string;
  readonly backupSchedule: BackupSchedule;
  readonly syncFolder: string;
}

export const defaultDataSettings: DataSettings = {
  backupFolder: '',
  backupSchedule: 'daily',
  syncFolder: '',
};

/** Their names below `millrace.`. */
export const dataSettingNames = {
  backupFolder: 'backup.folder',
  backupSchedule: 'backup.schedule',
  syncFolder: 'sync.folder',
} as const satisfies Record<keyof DataSettings, string>;

/** Reads them all through `take`. */
export function readDataSettings(take: TakeSetting): DataSettings {
  const names = dataSettingNames;
  const usual = defaultDataSettings;
  return {
    backupFolder: take(names.backupFolder, usual.backupFolder, isFolder),
    backupSchedule: take(names.backupSchedule, usual.backupSchedule, isSchedule),
    syncFolder: take(names.syncFolder, usual.syncFolder, isFolder),
  };
}

function isSchedule(value: unknown): value is BackupSchedule {
  return backupSchedules.some((schedule) => schedule === value);
}

/** Empty, or absolute on this platform's terms: `/x`, `C:\x`, `\\server\x`. */
export function isFolder(value: unknown): value is string {
  return typeof value === 'string' && (value === '' || /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(value));
}
