import type { Json, SettingRule } from '../../transfer/configuration.ts';
import { readSettings, settingNames } from './settingValues.ts';

/** Folders and ports of one computer, and what changes that computer. */
const machineSettings: ReadonlySet<string> = new Set([
  settingNames.vaultFolder,
  settingNames.backupFolder,
  settingNames.backupSchedule,
  settingNames.syncFolder,
  settingNames.companionIsOn,
  settingNames.companionPort,
  settingNames.proxyIsOn,
  settingNames.proxyPort,
  settingNames.hostsFileIsOn,
]);

/** What a file with a configuration may set, and to what: the host's own checks. */
export const settingRules: readonly SettingRule[] = Object.values(settingNames).map((name) => ({
  name,
  isOfMachine: machineSettings.has(name),
  accepts(value: Json): boolean {
    let isAccepted = true;
    readSettings(
      (read) => (read === name ? value : undefined),
      () => {
        isAccepted = false;
      },
    );
    return isAccepted;
  },
}));
