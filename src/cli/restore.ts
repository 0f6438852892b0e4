import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import type { RestoreKey } from '../transfer/messages/backupMessages.ts';
import { findBackup } from '../transfer/backup/backupSource.ts';
import { protectorForRestore, restoredVaultId } from '../transfer/restore/restoredVaultFile.ts';
import type { JobPlace } from '../transfer/transferJob.ts';
import { runTransfer } from '../transfer/transferJobs.ts';
import { exitCodes, type Command, type CommandIo } from './command.ts';
import { besideProgram } from './programFolder.ts';
import {
  keyFileOf,
  reportTransferError,
  withTransferPlace,
  type TransferCommandPlace,
} from './transferPlace.ts';

const usage = '--from FILE --storage DIR [--identity FILE | --passphrase-stdin] [--merge]';

/** `millrace restore`: a vault from a backup. */
export const restoreCommand: Command = {
  usage,
  summary:
    'Make a new vault of a backup beside the one in DIR and switch to it, or merge it into the one in DIR. FILE is an age file or the folder of a vault.',
  run: (args, io) =>
    runRestore(args, io, { wasmPath: besideProgram('sql-wasm.wasm'), clock: systemClock }),
};

interface Options {
  readonly from: string;
  readonly storage: string;
  readonly identity: string | undefined;
  readonly readsPassphrase: boolean;
  readonly merges: boolean;
}

/** @returns one of `exitCodes` */
export async function runRestore(
  args: readonly string[],
  io: CommandIo,
  command: TransferCommandPlace,
): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    io.errors.write(`Usage: millrace restore ${usage}\n`);
    return exitCodes.badInput;
  }
  const { storage, merges } = options;
  try {
    const key = await keyOf(options, io);
    const place = { ...command, storage, kit: undefined, io };
    await (merges
      ? withTransferPlace(place, (vault) => merge(options.from, key, vault, io))
      : withTransferPlace({ ...place, allowsNone: true }, (vault) =>
          restore(options, key, vault, io),
        ));
    return exitCodes.done;
  } catch (error) {
    return reportTransferError('restore', error, io);
  }
}

async function merge(from: string, key: RestoreKey, place: JobPlace, io: CommandIo): Promise<void> {
  const { added } = await runTransfer('mergeBackup', { from, key }, place);
  const news = Object.entries(added).filter(([, count]) => count > 0);
  const words = news.map(([table, count]) => `${count} ${table.replaceAll('_', ' ')}`);
  io.output.write(news.length === 0 ? 'nothing new\n' : `added ${words.join(', ')}\n`);
}

async function restore(
  { from, storage }: Options,
  key: RestoreKey,
  place: JobPlace,
  io: CommandIo,
): Promise<void> {
  const source = await findBackup(from);
  const vault = restoredVaultId(source, key);
  const protector = await protectorForRestore([keyFileOf(storage)], vault, place.log);
  const restored = await runTransfer(
    'restoreAsNew',
    { from, key, storage: path.dirname(storage), protector, vault },
    place,
  );
  io.output.write(`restored into ${restored.folder}, which is the current vault now\n`);
}

async function keyOf({ identity, readsPassphrase }: Options, io: CommandIo): Promise<RestoreKey> {
  if (identity !== undefined) {
    return { kind: 'recoveryKey', text: await readFile(identity, 'utf8') };
  }
  if (readsPassphrase) {
    const [line = ''] = (await text(io.input)).split(/\r?\n/);
    return { kind: 'passphrase', text: line };
  }
  return { kind: 'present' };
}

function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        storage: { type: 'string' },
        identity: { type: 'string' },
        'passphrase-stdin': { type: 'boolean', default: false },
        merge: { type: 'boolean', default: false },
      },
    });
    const { from, storage, identity, merge: merges } = values;
    const readsPassphrase = values['passphrase-stdin'];
    const isWhole = from !== undefined && from !== '' && storage !== undefined && storage !== '';
    return !isWhole || (identity !== undefined && readsPassphrase)
      ? undefined
      : {
          from: path.resolve(from),
          storage: path.resolve(storage),
          identity,
          readsPassphrase,
          merges,
        };
  } catch {
    return undefined;
  }
}
