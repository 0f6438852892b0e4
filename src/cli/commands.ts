import { backupCommand } from './backup.ts';
import type { Command } from './command.ts';
import { demoCommand } from './demo.ts';
import { exportCommand, importCommand } from './exportImport.ts';
import { purgeCommand } from './purge.ts';
import { replayCommand } from './replay.ts';
import { restoreCommand } from './restore.ts';
import { syncCommand } from './sync.ts';
import { unblockCommand } from './unblock.ts';
import { vaultCommand } from './vault.ts';

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
