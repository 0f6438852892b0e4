import { readSettings } from '../../src/host/settings/readSettings.ts';
import { settingTable } from '../../src/host/settings/settingTable.ts';

/** The settings of somebody who has set none. */
export const defaultSettings = readSettings(
  () => undefined,
  (name) => {
    throw new Error(`${name} does not pass its own check`);
  },
);

/** The name of each setting below `millrace.`, by what the code calls it. */
export const settingNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(settingTable).map(([key, { name }]) => [key, name]),
);
