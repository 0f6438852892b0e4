import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import type { Synced } from '../transfer/messages/syncMessages.ts';
import { runTransfer } from '../transfer/transferJobs.ts';
import { exitCodes, type Command, type CommandIo } from './command.ts';
import { besideProgram } from './programFolder.ts';
import {
  reportTransferError,
  withTransferPlace,
  type TransferCommandPlace,
} from './transferPlace.ts';

const usage = '--storage DIR --folder F [--identity FILE] [--leave]';

/** `millrace sync`: one round of folder sync, or the end of it. */
export const syncCommand: Command = {
  usage,
  summary:
    'Sync a vault with other devices through a folder that a sync tool carries; with --leave take its files out of there.',
  run: (args, io) =>
    runSync(args, io, { wasmPath: besideProgram('sql-wasm.wasm'), clock: systemClock }),
};

interface Options {
  readonly storage: string;
  readonly folder: string;
  readonly identity: string | undefined;
  readonly leaves: boolean;
}

/** @returns one of `exitCodes` */
export async function runSync(
  args: readonly string[],
  io: CommandIo,
  command: TransferCommandPlace,
): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    io.errors.write(`Usage: millrace sync ${usage}\n`);
    return exitCodes.badInput;
  }
  const { storage, folder, identity, leaves } = options;
  const params = { folder, storage: path.dirname(storage) };
  try {
    const kit = identity === undefined ? undefined : await readFile(identity, 'utf8');
    await withTransferPlace({ ...command, storage, kit, io }, async (place) => {
      if (leaves) {
        const { removed } = await runTransfer('leaveSync', params, place);
        io.output.write(`${removed} files removed\n`);
      } else {
        io.output.write(describe(await runTransfer('sync', params, place)));
      }
    });
    return exitCodes.done;
  } catch (error) {
    return reportTransferError('sync', error, io);
  }
}

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

function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        storage: { type: 'string' },
        folder: { type: 'string' },
        identity: { type: 'string' },
        leave: { type: 'boolean', default: false },
      },
    });
    const { storage, folder, identity, leave: leaves } = values;
    return storage === undefined || storage === '' || folder === undefined || folder === ''
      ? undefined
      : { storage: path.resolve(storage), folder: path.resolve(folder), identity, leaves };
  } catch {
    return undefined;
  }
}
