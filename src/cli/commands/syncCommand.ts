import * as l10n from '@vscode/l10n';
import type { Synced } from '../../transfer/messages/syncMessages.ts';
import { runTransfer } from '../../transfer/transferJobs.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { flag, required, somePath } from '../options.ts';
import { countedRows } from '../rowWords.ts';
import { identityOption, runOnVault, transferCommandPlace } from '../transferPlace.ts';

/** `millrace sync`: one round of folder sync, or the end of it. */
export const syncCommand = defineCommand({
  name: 'sync',
  summary:
    'Sync a vault with other devices through a folder that a sync tool carries; with --leave take its files out of there.',
  options: {
    storage: required('DIR', somePath),
    folder: required('F', somePath),
    identity: identityOption,
    leave: flag(),
  },
  place: transferCommandPlace,
  run: ({ folder, leave, ...vault }, io, place) =>
    runOnVault(vault, io, place, {
      name: 'sync',
      async work(job, storage) {
        const params = { folder, storage };
        if (leave) {
          const { removed, links = [] } = await runTransfer('leaveSync', params, job);
          const lines = [
            l10n.t('{0} files removed', removed),
            ...links.map((link) => l10n.t('a link, which stays as it is: {0}', link)),
          ];
          io.output.write(`${lines.join('\n')}\n`);
          return links.length === 0 ? exitCodes.done : exitCodes.failed;
        }
        const synced = await runTransfer('sync', params, job);
        io.output.write(describe(synced));
        return synced.unread.length === 0 ? exitCodes.done : exitCodes.failed;
      },
    }),
});

function describe({ merged, added, written, removed, unread, devices }: Synced): string {
  const news = Object.entries(added).map((row) => `, ${countedRows(row)}`);
  const lines = [
    l10n.t(
      '{0} files merged{1}; {2} written, {3} removed',
      ...[merged, news.join(''), written, removed],
    ),
    ...unread.map(({ file, reason }) => `  ${l10n.t('not read: {0} ({1})', file, reason)}`),
    ...devices
      .filter(({ earlierKey, otherKey }) => earlierKey + otherKey > 0)
      .map(
        ({ device, earlierKey, otherKey }) =>
          `  ${device}: ${l10n.t('{0} files for an earlier key, {1} for one that is not here', earlierKey, otherKey)}`,
      ),
  ];
  return `${lines.join('\n')}\n`;
}
