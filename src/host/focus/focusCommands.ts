/** The commands of the focus part. */
export const focusCommands = [
  'startFocus',
  'startCustomFocus',
  'takeBreak',
  'pauseFocus',
  'resumeFocus',
  'extendFocus',
  'endFocus',
  'restoreEverything',
  'getCompanion',
  'pairBrowser',
  'copyPacAddress',
  'showHostsHelper',
  'addBlockEntry',
  'addSiteGroup',
  'importSites',
] as const;
export type FocusCommand = (typeof focusCommands)[number];

/** The commands, each of which hands itself on. */
export function focusActions(focus: {
  run(command: FocusCommand): Promise<void>;
}): Record<FocusCommand, () => Promise<void>> {
  const entries = focusCommands.map((command) => [command, () => focus.run(command)] as const);
  // `Object.fromEntries` forgets the keys, which are exactly the list's.
  return Object.fromEntries(entries) as Record<FocusCommand, () => Promise<void>>;
}
