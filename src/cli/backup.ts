import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import { runTransfer } from '../transfer/transferJobs.ts';
import type { MadeBackup } from '../transfer/messages/backupMessages.ts';
import { exitCodes, type Command, type CommandIo } from './command.ts';
import { besideProgram } from './programFolder.ts';
import {
  reportTransferError,
  withTransferPlace,
  type TransferCommandPlace,
} from './transferPlace.ts';

const usage = '--storage DIR --to FOLDER [--identity FILE] [--prune]';

/** `millrace backup`: one backup, verified. */
export const backupCommand: Command = {
  usage,
  summary:
    'Back up a vault into a folder, and check the backup by restoring it. Its key is DIR/../keys, or the recovery kit FILE.',
  run: (args, io) =>
    runBackup(args, io, { wasmPath: besideProgram('sql-wasm.wasm'), clock: systemClock }),
};

interface Options {
  readonly storage: string;
  readonly to: string;
  readonly identity: string | undefined;
  readonly prunes: boolean;
}

/** @returns one of `exitCodes` */
export async function runBackup(
  args: readonly string[],
  io: CommandIo,
  command: TransferCommandPlace,
): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    io.errors.write(`Usage: millrace backup ${usage}\n`);
    return exitCodes.badInput;
  }
  const { storage, to, identity, prunes } = options;
  try {
    const kit = identity === undefined ? undefined : await readFile(identity, 'utf8');
    return await withTransferPlace({ ...command, storage, kit, io }, async (place) => {
      const made = await runTransfer('backUp', { folder: to }, place);
      io.output.write(describe(made));
      if (made.leftOut > 0) {
        const what = `${made.leftOut} files of the vault could not be read whole`;
        io.errors.write(`millrace backup: ${what}; nothing was removed (damaged)\n`);
        return exitCodes.failed;
      }
      if (prunes) {
        const { removed, kept } = await runTransfer('pruneBackups', { folder: to }, place);
        io.output.write(`${removed.length} removed, ${kept} kept\n`);
      }
      return exitCodes.done;
    });
  } catch (error) {
    return reportTransferError('backup', error, io);
  }
}

function describe({ file, sizeBytes, counts }: MadeBackup): string {
  const rows = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `, ${count} ${table.replaceAll('_', ' ')}`);
  return `${file}: ${sizeBytes} bytes${rows.join('')}; verified\n`;
}

function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        storage: { type: 'string' },
        to: { type: 'string' },
        identity: { type: 'string' },
        prune: { type: 'boolean', default: false },
      },
    });
    const { storage, to, identity, prune: prunes } = values;
    return storage === undefined || storage === '' || to === undefined || to === ''
      ? undefined
      : { storage: path.resolve(storage), to: path.resolve(to), identity, prunes };
  } catch {
    return undefined;
  }
}
