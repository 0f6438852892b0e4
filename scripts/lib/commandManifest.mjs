/**
 * What package.json says of commands, from src/host/commandTable.ts.
 * @type {import('./manifest.mjs').ManifestSection}
 */
export const commandManifest = {
  table: 'src/host/commandTable.ts',
  write(manifest, { commandTable, commandId }) {
    const entries = Object.entries(commandTable).map(([action, entry]) => ({
      ...entry,
      action,
      command: commandId(action),
    }));
    const { contributes } = manifest;
    contributes.commands = entries.map(({ action, command, icon, enabled }) => ({
      command,
      category: 'Millrace',
      title: `%command.${action}%`,
      ...(icon && { icon: `$(${icon})` }),
      ...(enabled && { enablement: enabled }),
    }));
    contributes.menus = {
      commandPalette: asBefore(
        contributes.menus.commandPalette,
        entries
          .filter(({ enabled, palette }) => enabled || palette)
          .map(({ command, enabled, palette }) => ({ command, when: palette ?? enabled })),
      ),
      'view/title': asBefore(
        contributes.menus['view/title'],
        entries
          .filter(({ viewTitle }) => viewTitle)
          .map(({ command, enabled, viewTitle: { group, when = enabled } }) => ({
            command,
            when: ['view == millrace.dashboard', ...(when ? [when] : [])].join(' && '),
            group,
          })),
      ),
    };
  },
};

/** The entries of a menu in the order in which they stand there: it says nothing to VS Code, which sorts by group. */
function asBefore(before, entries) {
  const place = ({ command }) => {
    const index = before.findIndex((entry) => entry.command === command);
    return index < 0 ? before.length : index;
  };
  return entries.toSorted((one, other) => place(one) - place(other));
}
