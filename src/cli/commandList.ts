import { backupCommand } from './commands/backupCommand.ts';
import type { Command } from './command.ts';
import { demoCommand } from './commands/demoCommand.ts';
import { exportCommand, importCommand } from './commands/exportCommands.ts';
import { purgeCommand } from './commands/purgeCommand.ts';
import { replayCommand } from './commands/replayCommand.ts';
import { restoreCommand } from './commands/restoreCommand.ts';
import { syncCommand } from './commands/syncCommand.ts';
import { unblockCommand } from './commands/unblockCommand.ts';
import { vaultCommand } from './commands/vaultCommand.ts';

/** The sub-commands of `millrace`, in the order in which the help has them. */
export const commands: readonly Command[] = [
  replayCommand,
  demoCommand,
  vaultCommand,
  backupCommand,
  restoreCommand,
  exportCommand,
  importCommand,
  purgeCommand,
  syncCommand,
  unblockCommand,
];
