import * as l10n from '@vscode/l10n';
import { visibleText } from '../../base/visibleText.ts';
import { runTransfer } from '../../transfer/transferJobs.ts';
import type { MadeBackup, PrunedBackups } from '../../transfer/messages/backupMessages.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { flag, required, somePath } from '../options.ts';
import { countedRows } from '../rowWords.ts';
import { identityOption, runOnVault, transferCommandPlace } from '../transferPlace.ts';

/** `millrace backup`: one backup, verified. */
export const backupCommand = defineCommand({
  name: 'backup',
  summary:
    'Back up a vault into a folder, and check the backup by restoring it. Its key is DIR/../keys, or the recovery kit FILE.',
  options: {
    storage: required('DIR', somePath),
    to: required('FOLDER', somePath),
    identity: identityOption,
    prune: flag(),
  },
  place: transferCommandPlace,
  run: ({ to, prune, ...vault }, io, place) =>
    runOnVault(vault, io, place, {
      name: 'backup',
      onlyReads: true,
      async work(job) {
        const made = await runTransfer('backUp', { folder: to, prunes: prune }, job);
        if (made.madeRoom !== undefined) {
          const { removed, kept } = made.madeRoom;
          const words = l10n.t(
            'There was no space left: {0} old backups were removed to make room, {1} kept',
            removed.length,
            kept,
          );
          io.output.write(`${words}\n`);
        }
        io.output.write(describe(made));
        if (made.leftOut > 0) {
          const words = l10n.t(
            '{0} files of the vault could not be read whole; nothing was removed',
            made.leftOut,
          );
          io.errors.write(`millrace backup: ${words} (damaged)\n`);
          return exitCodes.failed;
        }
        if (prune) {
          const pruned = await runTransfer('pruneBackups', { folder: to }, job);
          const { removed, kept } = pruned;
          io.output.write(`${l10n.t('{0} removed, {1} kept', removed.length, kept)}\n`);
          const words = wordsOfAhead(pruned);
          if (words !== undefined) {
            io.errors.write(`millrace backup: ${words}\n`);
          }
        }
        return exitCodes.done;
      },
    }),
});

/** What is to be said of backups whose date is later than the clock; of many it is one thing. */
function wordsOfAhead({ ahead: [first, ...others], isHeld }: PrunedBackups): string | undefined {
  if (first === undefined) {
    return undefined;
  }
  if (others.length === 0) {
    return isHeld
      ? l10n.t(
          'No old backup is removed while {0} is dated later than the clock of this machine. Set the clock, or move that file out of the folder; it can be restored from anywhere',
          visibleText(first),
        )
      : l10n.t(
          '{0} is dated more than a year after the clock of this machine: it stays, and the others are removed as if it were not there. Move it out of the folder, if the clock is right',
          visibleText(first),
        );
  }
  const all = [first, ...others].map(visibleText).join(', ');
  return isHeld
    ? l10n.t(
        'No old backup is removed while some are dated later than the clock of this machine. Set the clock, or move these files out of the folder; they can be restored from anywhere: {0}',
        all,
      )
    : l10n.t(
        'Some backups are dated more than a year after the clock of this machine: they stay, and the others are removed as if they were not there. Move them out of the folder, if the clock is right: {0}',
        all,
      );
}

function describe({ file, sizeBytes, counts }: MadeBackup): string {
  const rows = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map((row) => `, ${countedRows(row)}`);
  return `${visibleText(file)}: ${l10n.t('{0} bytes{1}; verified', sizeBytes, rows.join(''))}\n`;
}
