import * as l10n from '@vscode/l10n';
import {
  exportFormats,
  type ExportForm,
  type ImportReport,
  type UndoResult,
} from '../../transfer/messages/exportMessages.ts';
import { importOutcome, type ImportOutcome } from '../../transfer/messages/importOutcome.ts';
import { exportVault } from '../../transfer/export/exportJob.ts';
import { importFile, previewImport, undoImport } from '../../transfer/import/importJob.ts';
import type { TransferFailure } from '../../transfer/transferError.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { flag, oneOf, optional, required, somePath, someText } from '../options.ts';
import { runOnVault, transferCommandPlace, type TransferCommandPlace } from '../transferPlace.ts';

/** What can be wrong with a file that is imported. */
const badInput: readonly TransferFailure[] = ['damaged', 'laterVersion', 'tooLarge'];

const identity = optional('FILE', someText);
const day = (text: string): string | undefined =>
  /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;

/** `millrace export`: what the vault holds, in the open. */
export const exportCommand = defineCommand({
  name: 'export',
  summary:
    'Write what a vault holds, or the days DAY (2026-11-21) to DAY of it, to a file; for csv to a new folder.',
  usage:
    '--storage DIR --to PATH --format json|csv|sqlite [--from DAY --to-day DAY] [--identity FILE]',
  options: {
    storage: required('DIR', somePath),
    to: required('PATH', somePath),
    format: required(exportFormats.join('|'), oneOf(exportFormats)),
    from: optional('DAY', day),
    toDay: optional('DAY', day),
    identity,
  },
  place: untilInterrupted,
  run({ to: target, format, from, toDay, ...vault }, io, place) {
    const days =
      from === undefined && toDay === undefined
        ? null
        : { from: from ?? '1970-01-01', to: toDay ?? '9999-12-31' };
    if (from !== undefined && toDay !== undefined && from > toDay) {
      return undefined;
    }
    return runOnVault(vault, io, place, {
      name: 'export',
      ofInput: badInput,
      onlyReads: true,
      async work(job) {
        const params = { target, format, replaces: false, days };
        const { sessions, minutes, others, sizeBytes } = await exportVault(params, job);
        io.output.write(
          `${l10n.t(
            '{0} sessions with {1} minutes and {2} other records: {3} of {4} bytes',
            ...[sessions, minutes, others, describeForm(format), sizeBytes],
          )}\n`,
        );
        return exitCodes.done;
      },
    });
  },
});

/** `millrace import`: a file of another program, or an export. */
export const importCommand = defineCommand({
  name: 'import',
  summary:
    'Add what an export of Millrace, WakaTime or ActivityWatch holds to a vault; tell what that would be; or undo the last.',
  note: 'Ends with 1 when all of the file is left out, and with 0 when the vault has all of it already.',
  usage: '--storage DIR --from FILE [--preview] | --storage DIR --undo [--identity FILE]',
  options: {
    storage: required('DIR', somePath),
    from: optional('FILE', somePath),
    identity,
    preview: flag(),
    undo: flag(),
  },
  place: untilInterrupted,
  run({ from: file, preview, undo, ...vault }, io, place) {
    // Either a file, or --undo and nothing else.
    if (undo === (file !== undefined) || (undo && preview)) {
      return undefined;
    }
    return runOnVault(vault, io, place, {
      name: 'import',
      ofInput: badInput,
      async work(job, storage) {
        if (file === undefined) {
          io.output.write(describeUndo(await undoImport({ storage }, job)));
          return exitCodes.done;
        }
        const params = { file, storage };
        const report = await (preview ? previewImport(params, job) : importFile(params, job));
        io.output.write(describeReport(report, preview));
        // That the vault has it all already is no failure; that all of it is left out is one.
        return importOutcome(report) === 'leftOut' ? exitCodes.failed : exitCodes.done;
      },
    });
  },
});

function describeForm(format: ExportForm): string {
  switch (format) {
    case 'json':
      return l10n.t('a JSON file');
    case 'csv':
      return l10n.t('a folder of CSV files');
    case 'sqlite':
      return l10n.t('an SQLite file');
  }
}

function describeReport(report: ImportReport, isPreview: boolean): string {
  const { source, days, found, added, returning, daysWithoutTimes, leftOut } = report;
  const { editorsWithoutAway } = report;
  const told = ({ sessions, minutes, others }: typeof found): string =>
    l10n.t('{0} sessions with {1} minutes, {2} other records', sessions, minutes, others);
  const lines = [
    l10n.t('source     {0}', source),
    days === null ? l10n.t('days       none') : l10n.t('days       {0} to {1}', days.from, days.to),
    l10n.t('found      {0}', told(found)),
    isPreview ? l10n.t('would add  {0}', told(added)) : l10n.t('added      {0}', told(added)),
    ...(returning > 0 ? [l10n.t('returning  {0} that were deleted here before', returning)] : []),
    ...(daysWithoutTimes > 0
      ? [
          l10n.t(
            'no times   {0} days, placed around noon: the file tells only how long',
            daysWithoutTimes,
          ),
        ]
      : []),
    ...(editorsWithoutAway > 0
      ? [
          l10n.t(
            'no away    {0} records of editors: nothing in the file says when nobody was at their machine',
            editorsWithoutAway,
          ),
        ]
      : []),
    ...Object.entries(leftOut).map(([reason, count]) =>
      l10n.t('left out   {0} {1}', count, reason),
    ),
    ...describeNothing(importOutcome(report)),
  ];
  return `${lines.join('\n')}\n`;
}

/** Why nothing is added. */
function describeNothing(outcome: ImportOutcome): string[] {
  switch (outcome) {
    case 'added':
      return [];
    case 'alreadyThere':
      return [l10n.t('nothing    The vault has all of it already.')];
    case 'leftOut':
      return [l10n.t('nothing    All of it is left out: this file brings nothing.')];
    case 'empty':
      return [l10n.t('nothing    There is nothing in the file that could be imported.')];
  }
}

function describeUndo({ undone }: UndoResult): string {
  if (undone === null) {
    return `${l10n.t('There is no import to undo.')}\n`;
  }
  const { source, importedMs, records, left } = undone;
  const lines = [
    l10n.t(
      'Undone: the import from {0} of {1}, {2} records',
      ...[source, new Date(importedMs).toISOString(), records],
    ),
    ...(left > 0
      ? [
          l10n.t(
            'left       {0} records that other devices hold as well, and may have recorded or imported themselves',
            left,
          ),
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function untilInterrupted(): TransferCommandPlace {
  const controller = new AbortController();
  // Also when the terminal is closed: half an export would stay there in the open.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return { ...transferCommandPlace(), signal: controller.signal };
}
