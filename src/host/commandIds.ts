/** Every command of Millrace, by the action that it stands for. A test holds them against package.json. */
export const commandIds = {
  openDashboard: 'millrace.openDashboard',
  openDashboardInEditor: 'millrace.openDashboardInEditor',
  showStored: 'millrace.showStored',
  refreshDashboard: 'millrace.refreshDashboard',
  openWalkthrough: 'millrace.openWalkthrough',
  pauseTracking: 'millrace.pauseTracking',
  resumeTracking: 'millrace.resumeTracking',
  backUpNow: 'millrace.backUpNow',
  rateLastMinutes: 'millrace.rateLastMinutes',
  recomputeHistory: 'millrace.recomputeHistory',
  verifyVault: 'millrace.verifyVault',
  lockVault: 'millrace.lockVault',
  unlockVault: 'millrace.unlockVault',
  setPassphrase: 'millrace.setPassphrase',
  manageProtectors: 'millrace.manageProtectors',
  saveRecoveryKit: 'millrace.saveRecoveryKit',
  rotateKey: 'millrace.rotateKey',
  purgeVault: 'millrace.purgeVault',
  openSettings: 'millrace.openSettings',
  showLog: 'millrace.showLog',
} as const;

export type CommandAction = keyof typeof commandIds;
