/** The commands of the data part: what leaves the vault and comes back. */
export const dataCommands = [
  'backUpNow',
  'chooseBackupFolder',
  'restoreBackup',
  'removeOldVault',
  'exportData',
  'importData',
  'undoImport',
  'checkRecoveryKit',
  'saveRecoveryKit',
  'syncNow',
  'chooseSyncFolder',
  'leaveSyncFolder',
  'eraseData',
  'purgeVault',
  'exportConfiguration',
  'importConfiguration',
  'postponeKitCheck',
] as const;
export type DataCommand = (typeof dataCommands)[number];

/** The commands, each of which hands itself on. */
export function dataActions(data: {
  run(command: DataCommand): Promise<void>;
}): Record<DataCommand, () => Promise<void>> {
  const entries = dataCommands.map((command) => [command, () => data.run(command)] as const);
  // `Object.fromEntries` forgets the keys, which are exactly the list's.
  return Object.fromEntries(entries) as Record<DataCommand, () => Promise<void>>;
}
