import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import {
  exportFormats,
  type ExportForm,
  type ImportReport,
  type UndoResult,
} from '../transfer/messages/exportMessages.ts';
import { exportVault } from '../transfer/export/exportJob.ts';
import { importFile, previewImport, undoImport } from '../transfer/import/importJob.ts';
import type { TransferFailure } from '../transfer/transferError.ts';
import type { JobPlace } from '../transfer/transferJob.ts';
import { exitCodes, type Command, type CommandIo } from './command.ts';
import { besideProgram } from './programFolder.ts';
import {
  reportTransferError,
  withTransferPlace,
  type TransferCommandPlace,
} from './transferPlace.ts';

export interface ExportImportPlace extends TransferCommandPlace {
  /** Ends what is being done, and nothing of it stays. */
  readonly signal: AbortSignal;
}

/** What can be wrong with a file that is imported. */
const badInput: readonly TransferFailure[] = ['damaged', 'laterVersion', 'tooLarge'];

/** `millrace export`: what the vault holds, in the open. */
export const exportCommand: Command = {
  usage:
    '--storage DIR --to PATH --format json|csv|sqlite [--from DAY --to-day DAY] [--identity FILE]',
  summary:
    'Write what a vault holds, or the days DAY (2026-11-21) to DAY of it, to a file; for csv to a new folder.',
  run: (args, io) => runExport(args, io, untilInterrupted()),
};

/** `millrace import`: a file of another program, or an export. */
export const importCommand: Command = {
  usage: '--storage DIR --from FILE [--preview] | --storage DIR --undo [--identity FILE]',
  summary:
    'Add what an export of Millrace, WakaTime or ActivityWatch holds to a vault; tell what that would be; or undo the last.',
  run: (args, io) => runImport(args, io, untilInterrupted()),
};

/** @returns one of {@link exitCodes} */
export async function runExport(
  args: readonly string[],
  io: CommandIo,
  place: ExportImportPlace,
): Promise<number> {
  const options = optionsIn(args, ['storage', 'to', 'format', 'from', 'to-day', 'identity'], []);
  const format = exportFormats.find((name) => name === options?.texts.get('format'));
  const target = options?.texts.get('to');
  const from = options?.texts.get('from');
  const to = options?.texts.get('to-day');
  const areDays = [from, to].every((day) => day === undefined || /^\d{4}-\d\d-\d\d$/.test(day));
  const isRange = areDays && (from === undefined || to === undefined || from <= to);
  if (options === undefined || format === undefined || target === undefined || !isRange) {
    return usage(io, 'export', exportCommand.usage);
  }
  return run('export', options, io, place, async (job) => {
    const days =
      from === undefined && to === undefined
        ? null
        : { from: from ?? '1970-01-01', to: to ?? '9999-12-31' };
    const params = { target: path.resolve(target), format, replaces: false, days };
    const { sessions, minutes, others, sizeBytes } = await exportVault(params, job);
    io.output.write(
      `${sessions} sessions with ${minutes} minutes and ${others} other records: ` +
        `${describeForm(format)} of ${sizeBytes} bytes\n`,
    );
  });
}

/** @returns one of {@link exitCodes} */
export async function runImport(
  args: readonly string[],
  io: CommandIo,
  place: ExportImportPlace,
): Promise<number> {
  const options = optionsIn(args, ['storage', 'from', 'identity'], ['preview', 'undo']);
  const from = options?.texts.get('from');
  const undoes = options?.flags.has('undo') === true;
  const previews = options?.flags.has('preview') === true;
  // Either a file, or --undo and nothing else.
  if (options === undefined || undoes === (from !== undefined) || (undoes && previews)) {
    return usage(io, 'import', importCommand.usage);
  }
  return run('import', options, io, place, async (job) => {
    if (from === undefined) {
      io.output.write(describeUndo(await undoImport({}, job)));
      return;
    }
    const file = path.resolve(from);
    const report = await (previews ? previewImport({ file }, job) : importFile({ file }, job));
    io.output.write(describeReport(report, previews));
  });
}

interface Options {
  readonly storage: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
}

function optionsIn(
  args: readonly string[],
  texts: readonly string[],
  flags: readonly string[],
): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries<{ readonly type: 'string' | 'boolean' }>([
        ...texts.map((name) => [name, { type: 'string' }] as const),
        ...flags.map((name) => [name, { type: 'boolean' }] as const),
      ]),
    });
    const entries = Object.entries<unknown>(values);
    const given = new Map(
      entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const storage = given.get('storage') ?? '';
    return storage === '' || [...given.values()].includes('')
      ? undefined
      : {
          storage: path.resolve(storage),
          texts: given,
          flags: new Set(entries.flatMap(([name, value]) => (value === true ? [name] : []))),
        };
  } catch {
    // Unknown options and missing values; the usage says what there is.
    return undefined;
  }
}

async function run(
  name: string,
  { storage, texts }: Options,
  io: CommandIo,
  place: ExportImportPlace,
  work: (job: JobPlace) => Promise<void>,
): Promise<number> {
  try {
    const identity = texts.get('identity');
    const kit = identity === undefined ? undefined : await readFile(identity, 'utf8');
    await withTransferPlace({ ...place, storage, kit, io }, work);
    return exitCodes.done;
  } catch (error) {
    return reportTransferError(name, error, io, badInput);
  }
}

function describeForm(format: ExportForm): string {
  return { json: 'a JSON file', csv: 'a folder of CSV files', sqlite: 'an SQLite file' }[format];
}

function describeReport(report: ImportReport, isPreview: boolean): string {
  const { source, days, found, added, returning, daysWithoutTimes, leftOut } = report;
  const told = ({ sessions, minutes, others }: typeof found): string =>
    `${sessions} sessions with ${minutes} minutes, ${others} other records`;
  const lines = [
    `source     ${source}`,
    `days       ${days === null ? 'none' : `${days.from} to ${days.to}`}`,
    `found      ${told(found)}`,
    `${isPreview ? 'would add' : 'added    '}  ${told(added)}`,
    ...(returning > 0 ? [`returning  ${returning} that were deleted here before`] : []),
    ...(daysWithoutTimes > 0
      ? [`no times   ${daysWithoutTimes} days, placed around noon: the file tells only how long`]
      : []),
    ...Object.entries(leftOut).map(([reason, count]) => `left out   ${count} ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function describeUndo({ undone }: UndoResult): string {
  return undone === null
    ? 'There is no import to undo.\n'
    : `Undone: the import from ${undone.source} of ${new Date(undone.importedMs).toISOString()}, ` +
        `${undone.records} records\n`;
}

function usage(io: CommandIo, name: string, text: string): number {
  io.errors.write(`Usage: millrace ${name} ${text}\n`);
  return exitCodes.badInput;
}

function untilInterrupted(): ExportImportPlace {
  const controller = new AbortController();
  // Also when the terminal is closed: half an export would stay there in the open.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return {
    wasmPath: besideProgram('sql-wasm.wasm'),
    clock: systemClock,
    signal: controller.signal,
  };
}
