import { settingTable, type Setting, type Settings } from './settingTable.ts';

/**
 * Takes each value that passes its setting's check and the default for the rest, as settings are edited by hand.
 * @param read the value of a setting by its name below `millrace.`; `undefined` where none is known
 * @param rejected is told the name of every setting that was out of range
 */
export function readSettings(
  read: (name: string) => unknown,
  rejected: (name: string) => void,
): Settings {
  const take = ({ name, kind, default: usual }: Setting<unknown>): unknown => {
    const value = read(name);
    if (value === undefined) {
      return usual;
    }
    if (kind.check(value)) {
      return kind.settle === undefined ? value : kind.settle(value);
    }
    rejected(name);
    return usual;
  };
  // Each key of the table is there, with a value that its own kind let through.
  return Object.fromEntries(
    Object.entries(settingTable).map(([key, setting]) => [key, take(setting)]),
  ) as Settings;
}
