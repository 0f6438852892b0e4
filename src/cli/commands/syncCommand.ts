import * as l10n from '@vscode/l10n';
import { visibleText } from '../../base/visibleText.ts';
import { isDoubtful, type Synced } from '../../transfer/messages/syncMessages.ts';
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
    unsigned: flag(),
  },
  place: transferCommandPlace,
  run: ({ folder, leave, unsigned, ...vault }, io, place) =>
    runOnVault(vault, io, place, {
      name: 'sync',
      async work(job, storage) {
        const params = { folder, storage };
        if (leave) {
          const { removed, links = [] } = await runTransfer('leaveSync', params, job);
          const lines = [
            l10n.t('{0} files removed', removed),
            ...links.map((link) => l10n.t('a link, which stays as it is: {0}', visibleText(link))),
          ];
          io.output.write(`${lines.join('\n')}\n`);
          return links.length === 0 ? exitCodes.done : exitCodes.failed;
        }
        const accepts = unsigned ? ({ accepts: 'all' } as const) : {};
        const synced = await runTransfer('sync', { ...params, ...accepts }, job);
        io.output.write(describe(synced));
        return synced.unread.length === 0 ? exitCodes.done : exitCodes.failed;
      },
    }),
});

function describe(synced: Synced): string {
  const { merged, added, written, removed, unread, earlier = [], devices } = synced;
  const news = Object.entries(added).map((row) => `, ${countedRows(row)}`);
  const lines = [
    l10n.t(
      '{0} files merged{1}; {2} written, {3} removed',
      ...[merged, news.join(''), written, removed],
    ),
    ...unread.map(
      ({ file, reason }) => `  ${l10n.t('not read: {0} ({1})', visibleText(file), reason)}`,
    ),
    ...(unread.some(isDoubtful)
      ? [
          l10n.t(
            'Nobody knows that your devices made what is unsigned, retired or misplaced: it was left out. A device with an earlier Millrace signs its files once it is updated; one whose key was replaced joins again. If it is yours all the same, add --unsigned once.',
          ),
        ]
      : []),
    ...earlier.map(
      (file) =>
        `  ${l10n.t('an earlier one was put back, which takes nothing from the vault: {0}', visibleText(file))}`,
    ),
    ...devices
      .filter(({ earlierKey, otherKey }) => earlierKey + otherKey > 0)
      .map(
        ({ device, earlierKey, otherKey }) =>
          `  ${visibleText(device)}: ${l10n.t('{0} files for an earlier key, {1} for one that is not here', earlierKey, otherKey)}`,
      ),
  ];
  return `${lines.join('\n')}\n`;
}
