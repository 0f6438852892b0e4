import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import type {
  ErasePlan,
  EraseReport,
  EraseSelection,
  Unreached,
} from '../transfer/messages/eraseMessages.ts';
import { erasableKinds } from '../readings/storedReading.ts';
import { runTransfer } from '../transfer/transferJobs.ts';
import { exitCodes, type Command, type CommandIo } from './command.ts';
import { besideProgram } from './programFolder.ts';
import {
  reportTransferError,
  withTransferPlace,
  type TransferCommandPlace,
} from './transferPlace.ts';

const usage =
  '--storage DIR --days FROM..TO | --kind KIND | --everything [--confirm WORDS] [--backups FOLDER]... [--sync FOLDER --device ID] [--identity FILE]';

/** `millrace purge`: takes records out of a vault, its backups and this device's sync files, for good. */
export const purgeCommand: Command = {
  usage,
  summary: `Erase days (2026-11-01..2026-11-03), a kind of record (${erasableKinds.join(', ')}) or everything, for good. Without --confirm it tells what would be lost and which words confirm it.`,
  run: (args, io) =>
    runPurge(args, io, { wasmPath: besideProgram('sql-wasm.wasm'), clock: systemClock }),
};

interface Options {
  readonly storage: string;
  readonly selection: EraseSelection;
  readonly confirm: string | undefined;
  readonly backups: readonly string[];
  readonly sync: { readonly folder: string; readonly device: string } | null;
  readonly identity: string | undefined;
}

/** @returns one of `exitCodes`: `failed` also when something is left that could not be reached now */
export async function runPurge(
  args: readonly string[],
  io: CommandIo,
  command: TransferCommandPlace,
): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    io.errors.write(`Usage: millrace purge ${usage}\n`);
    return exitCodes.badInput;
  }
  const { storage, selection, confirm, backups, sync, identity } = options;
  const places = {
    selection,
    backupFolders: [...backups],
    sync,
    storage: path.dirname(storage),
  };
  try {
    const kit = identity === undefined ? undefined : await readFile(identity, 'utf8');
    return await withTransferPlace({ ...command, storage, kit, io }, async (place) => {
      const plan = await runTransfer('planErase', places, place);
      const words = confirmingWords(selection);
      if (confirm !== words) {
        io.output.write(
          `${describePlan(plan)}Nothing was erased. To erase it: --confirm "${words}"\n`,
        );
        return exitCodes.badInput;
      }
      const report = await runTransfer('erase', { ...places, ids: plan.ids }, place);
      io.output.write(describeReport(report));
      return report.isComplete ? exitCodes.done : exitCodes.failed;
    });
  } catch (error) {
    return reportTransferError('purge', error, io);
  }
}

/** What a person types to say that they mean it. */
function confirmingWords(selection: EraseSelection): string {
  switch (selection.what) {
    case 'days':
      return `erase ${selection.from}..${selection.to}`;
    case 'kind':
      return `erase ${selection.kind}`;
    case 'everything':
      return 'erase everything';
  }
}

function describePlan({
  kinds,
  cutSessions,
  minutes,
  days,
  backups,
  unreached,
}: ErasePlan): string {
  const lines = [
    'This will be lost:',
    ...kinds.map(
      ({ kind, records, firstMs, lastMs }) =>
        `  ${records} ${kind}, from ${time(firstMs)} to ${time(lastMs)}`,
    ),
    ...(cutSessions > 0 ? [`  the part of ${cutSessions} sessions that lies in these days`] : []),
    ...(minutes > 0 ? [`  ${minutes} minutes`] : []),
    ...(days === null ? ['  nothing'] : [`  of ${days.count} days, ${days.from} to ${days.to}`]),
    ...backups.map((file) => `backup that holds it: ${file}`),
    ...unreached.map(describeUnreached),
  ];
  return `${lines.join('\n')}\n`;
}

function describeReport(report: EraseReport): string {
  const { records, cutSessions, vaultFiles, backups, syncFiles, unreached, isComplete } = report;
  const lines = [
    `${records} records erased, a part of ${cutSessions} of them stays`,
    `${vaultFiles} files of the vault overwritten and removed`,
    ...backups.map(({ file, replacedBy }) =>
      replacedBy === null
        ? `backup removed: ${file}`
        : `backup made anew without it, and verified: ${replacedBy}`,
    ),
    ...(syncFiles > 0 ? [`${syncFiles} files in the sync folder made anew`] : []),
    ...unreached.map(describeUnreached),
    ...(isComplete ? [] : ['Not all of it could be reached now. Run it again later.']),
  ];
  return `${lines.join('\n')}\n`;
}

/** What is said of places that are never, or not yet, ours to reach. */
const unreachedWords: Readonly<Partial<Record<Unreached['place'], string>>> = {
  window: 'still open in a window: ',
  otherDevice: 'another device’s file, which that device makes anew when it syncs: ',
  copies: 'not reached: copies of the vault or its backups elsewhere',
  recoveryKits: 'not reached: recovery kits, which open such copies',
};

function describeUnreached({ place, name, reason }: Unreached): string {
  const words = unreachedWords[place];
  return words === undefined ? `not reached: ${name} (${reason ?? place})` : `${words}${name}`;
}

function time(wallMs: number | null): string {
  return wallMs === null ? '-' : new Date(wallMs).toISOString();
}

function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        storage: { type: 'string' },
        days: { type: 'string' },
        kind: { type: 'string' },
        everything: { type: 'boolean', default: false },
        confirm: { type: 'string' },
        backups: { type: 'string', multiple: true, default: [] },
        sync: { type: 'string' },
        device: { type: 'string' },
        identity: { type: 'string' },
      },
    });
    const { storage, confirm, backups, sync, device, identity } = values;
    const selections = [
      ...(values.days === undefined ? [] : [daysOf(values.days)]),
      ...(values.kind === undefined ? [] : [kindOf(values.kind)]),
      ...(values.everything ? [{ what: 'everything' as const }] : []),
    ];
    const [selection] = selections;
    const isOdd = selections.length !== 1 || (sync === undefined) !== (device === undefined);
    if (storage === undefined || storage === '' || selection === undefined || isOdd) {
      return undefined;
    }
    return {
      storage: path.resolve(storage),
      selection,
      confirm,
      backups: backups.map((each) => path.resolve(each)),
      sync:
        sync === undefined || device === undefined ? null : { folder: path.resolve(sync), device },
      identity,
    };
  } catch {
    return undefined;
  }
}

function daysOf(text: string): EraseSelection | undefined {
  const [, from, to] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
  return from === undefined || to === undefined || from > to
    ? undefined
    : { what: 'days', from, to };
}

function kindOf(text: string): EraseSelection | undefined {
  const kind = erasableKinds.find((each) => each === text);
  return kind && { what: 'kind', kind };
}
