import type { SettingRule } from '../../transfer/configuration.ts';
import { settingTable } from './settingTable.ts';

/** What a file with a configuration may set, and to what: the host's own checks. */
export const settingRules: readonly SettingRule[] = Object.values(settingTable).map(
  ({ name, kind, reach }) => ({ name, isOfMachine: !reach.isExported, accepts: kind.check }),
);
