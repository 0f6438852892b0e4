import path from 'node:path';
import type { Synced } from '../../transfer/messages/syncMessages.ts';
import { runTransfer } from '../../transfer/transferJobs.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { flag, required, somePath } from '../options.ts';
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
      async work(job) {
        const params = { folder, storage: path.dirname(vault.storage) };
        if (leave) {
          const { removed } = await runTransfer('leaveSync', params, job);
          io.output.write(`${removed} files removed\n`);
        } else {
          io.output.write(describe(await runTransfer('sync', params, job)));
        }
        return exitCodes.done;
      },
    }),
});

function describe({ merged, added, written, removed, unread, devices }: Synced): string {
  const news = Object.entries(added).map(
    ([table, rows]) => `, ${rows} ${table.replaceAll('_', ' ')}`,
  );
  const lines = [
    `${merged} files merged${news.join('')}; ${written} written, ${removed} removed`,
    ...unread.map(({ file, reason }) => `  not read: ${file} (${reason})`),
    ...devices
      .filter(({ earlierKey, otherKey }) => earlierKey + otherKey > 0)
      .map(
        ({ device, earlierKey, otherKey }) =>
          `  ${device}: ${earlierKey} files for an earlier key, ${otherKey} for one that is not here`,
      ),
  ];
  return `${lines.join('\n')}\n`;
}
