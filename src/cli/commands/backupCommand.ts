import * as l10n from '@vscode/l10n';
import { runTransfer } from '../../transfer/transferJobs.ts';
import type { MadeBackup } from '../../transfer/messages/backupMessages.ts';
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
      async work(job) {
        const made = await runTransfer('backUp', { folder: to }, job);
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
          const { removed, kept } = await runTransfer('pruneBackups', { folder: to }, job);
          io.output.write(`${l10n.t('{0} removed, {1} kept', removed.length, kept)}\n`);
        }
        return exitCodes.done;
      },
    }),
});

function describe({ file, sizeBytes, counts }: MadeBackup): string {
  const rows = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map((row) => `, ${countedRows(row)}`);
  return `${file}: ${l10n.t('{0} bytes{1}; verified', sizeBytes, rows.join(''))}\n`;
}
