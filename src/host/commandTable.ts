/**
 * Every command of Millrace, once. From here come its id, the entries of package.json (`npm run manifest` writes them,
 * and `npm run lint` fails where they are stale), and who runs it: the lazy part that is named, else `actions.ts`.
 * Its title is `command.<action>` in package.nls.json. Imports nothing, so that a build script can read it.
 */

/** What is said of a command. Conditions are `when` clauses of VS Code. */
interface CommandEntry {
  /** A codicon, for the menus that draw one. */
  readonly icon?: string;
  /** When it can be run. It is shown then only, in the palette and in the view's menu. */
  readonly enabled?: string;
  /** When the palette shows it, where it can be run at other times as well. */
  readonly palette?: string;
  /** Its place in the title of the dashboard's view, and when it is there, if not always when it can be run. */
  readonly viewTitle?: { readonly group: string; readonly when?: string };
  /** The lazy part that runs it. */
  readonly part?: string;
  /** It asks the person something: it ends when they have answered, perhaps in minutes, perhaps never. */
  readonly asks?: true;
  /** It asks nothing, and yet may take long: it reads all that there is. */
  readonly takesLong?: true;
}

const whenReady = 'millrace.vault == ready';

export const commandTable = {
  openDashboard: { icon: 'graph' },
  openDashboardInEditor: { viewTitle: { group: '0_view' } },
  showStored: { palette: whenReady },
  refreshDashboard: { palette: whenReady },
  openWalkthrough: { viewTitle: { group: '3_help' } },
  pauseTracking: {
    icon: 'debug-pause',
    enabled: '!millrace.paused',
    viewTitle: { group: 'navigation@1' },
  },
  resumeTracking: {
    icon: 'debug-start',
    enabled: 'millrace.paused',
    viewTitle: { group: 'navigation@1' },
  },
  backUpNow: { palette: whenReady, viewTitle: { group: '1_vault' }, part: 'data' },
  chooseBackupFolder: { part: 'data', asks: true },
  restoreBackup: { part: 'data', asks: true },
  removeOldVault: { palette: 'millrace.oldVaults', part: 'data', asks: true },
  exportData: { palette: whenReady, part: 'data', asks: true },
  importData: { palette: whenReady, part: 'data', asks: true },
  undoImport: { palette: whenReady, part: 'data', asks: true },
  checkRecoveryKit: { part: 'data', asks: true },
  postponeKitCheck: { palette: 'false', part: 'data' },
  syncNow: { palette: `${whenReady} && config.millrace.sync.folder`, part: 'data' },
  chooseSyncFolder: { palette: whenReady, part: 'data', asks: true },
  leaveSyncFolder: {
    palette: `${whenReady} && config.millrace.sync.folder`,
    part: 'data',
    asks: true,
  },
  eraseData: { palette: whenReady, part: 'data', asks: true },
  exportConfiguration: { part: 'data', asks: true },
  importConfiguration: { part: 'data', asks: true },
  rateLastMinutes: { asks: true },
  recomputeHistory: { palette: whenReady, takesLong: true },
  verifyVault: { palette: whenReady, takesLong: true },
  lockVault: { palette: whenReady },
  unlockVault: { palette: 'millrace.vault == locked', asks: true },
  trustVault: { palette: 'millrace.vault == untrusted', asks: true },
  setPassphrase: { palette: whenReady, asks: true },
  manageProtectors: { palette: whenReady, asks: true },
  saveRecoveryKit: { palette: whenReady, part: 'data', asks: true },
  rotateKey: { palette: whenReady, asks: true },
  purgeVault: { part: 'data', asks: true },
  startFocus: {
    icon: 'target',
    enabled: '!millrace.inSession',
    viewTitle: { group: '1_focus' },
    part: 'focus',
  },
  startCustomFocus: { enabled: '!millrace.inSession', part: 'focus', asks: true },
  takeBreak: { viewTitle: { group: '1_focus' }, part: 'focus' },
  pauseFocus: { enabled: 'millrace.inSession && !millrace.sessionPaused', part: 'focus' },
  resumeFocus: { enabled: 'millrace.inSession && millrace.sessionPaused', part: 'focus' },
  extendFocus: { enabled: 'millrace.inSession', part: 'focus', asks: true },
  endFocus: { enabled: 'millrace.inSession', part: 'focus', asks: true },
  restoreEverything: {
    viewTitle: { group: '1_focus', when: 'millrace.blocking' },
    part: 'focus',
    // The system may ask who may change it.
    asks: true,
  },
  getCompanion: { part: 'focus', asks: true },
  pairBrowser: { part: 'focus', asks: true },
  copyPacAddress: { part: 'focus', asks: true },
  showHostsHelper: { part: 'focus' },
  addBlockEntry: { part: 'focus', asks: true },
  addSiteGroup: { part: 'focus', asks: true },
  importSites: { part: 'focus', asks: true },
  openSettings: { icon: 'gear', viewTitle: { group: 'navigation@2' } },
  showLog: { viewTitle: { group: '2_log' } },
} as const satisfies Readonly<Record<string, CommandEntry>>;

/** What a command does, in a word: its name in the table. */
export type CommandAction = keyof typeof commandTable;

/** The commands that a lazy part runs. */
export type CommandOf<Part extends string> = {
  [Action in CommandAction]: (typeof commandTable)[Action] extends { readonly part: Part }
    ? Action
    : never;
}[CommandAction];

/** The commands that some lazy part runs, and those that none does. */
export type PartCommand = CommandOf<string>;
export type WindowCommand = Exclude<CommandAction, PartCommand>;

/** The id by which VS Code knows a command. */
export function commandId<Action extends CommandAction>(action: Action): `millrace.${Action}` {
  return `millrace.${action}`;
}

/** All commands, in the order of the table. */
export function commandActions(): readonly CommandAction[] {
  // `Object.keys` forgets the keys, which are exactly the table's.
  return Object.keys(commandTable) as CommandAction[];
}

/** Whether a lazy part runs a command. */
export function isPartCommand(action: CommandAction): action is PartCommand {
  return 'part' in commandTable[action];
}

/** The lazy part that runs a command. */
export function partOf(command: PartCommand): (typeof commandTable)[PartCommand]['part'] {
  return commandTable[command].part;
}

/** Whether who runs a command had better not wait for its end. */
export function mayTakeLong(action: CommandAction): boolean {
  const { asks, takesLong }: CommandEntry = commandTable[action];
  return asks === true || takesLong === true;
}
