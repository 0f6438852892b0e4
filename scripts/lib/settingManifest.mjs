/**
 * The settings, and which of them wait until the workspace is trusted.
 * @type {import('./manifest.mjs').ManifestSection}
 */
export const settingManifest = {
  table: 'src/host/settings/settingTable.ts',
  write(manifest, { settingSections, settingTable }) {
    manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = Object.values(settingTable)
      .filter(({ reach }) => reach.isRestricted)
      .map(({ name }) => `millrace.${name}`);
    manifest.contributes.configuration = settingSections.map(({ title, firstOrder, settings }) => ({
      title,
      properties: Object.fromEntries(
        Object.values(settings).map((setting, index) => [
          `millrace.${setting.name}`,
          propertyOf(setting, firstOrder + index),
        ]),
      ),
    }));
  },
};

function propertyOf({ name, kind, default: usual, reach }, order) {
  return {
    ...described(kind.schema, `setting.${name}`),
    default: usual,
    ...(reach.scope !== 'window' && { scope: reach.scope }),
    order,
    markdownDescription: `%setting.${name}%`,
  };
}

/** The schema, with a text for each word of a choice. */
function described({ items, ...schema }, key) {
  return {
    ...schema,
    ...(schema.enum && { enumDescriptions: schema.enum.map((word) => `%${key}.${word}%`) }),
    ...(items && { items: described(items, key) }),
  };
}
