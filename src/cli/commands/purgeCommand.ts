import * as l10n from '@vscode/l10n';
import { visibleText } from '../../base/visibleText.ts';
import type {
  ErasePlan,
  EraseReport,
  EraseSelection,
  Unreached,
} from '../../transfer/messages/eraseMessages.ts';
import { erasableKinds } from '../../readings/storedReading.ts';
import { absolutePath } from '../../files/place.ts';
import { runTransfer } from '../../transfer/transferJobs.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { anyText, flag, optional, repeated, required, somePath } from '../options.ts';
import { identityOption, runOnVault, transferCommandPlace } from '../transferPlace.ts';

/** `millrace purge`: takes records out of a vault, its backups and this device's sync files, for good. */
export const purgeCommand = defineCommand({
  name: 'purge',
  summary: `Erase days (2026-11-01..2026-11-03), a kind of record (${erasableKinds.join(', ')}) or everything, for good. Without --confirm it tells what would be lost and which words confirm it.`,
  usage:
    '--storage DIR --days FROM..TO | --kind KIND | --everything [--confirm WORDS] [--backups FOLDER]... [--sync FOLDER --device ID] [--identity FILE]',
  options: {
    storage: required('DIR', somePath),
    days: optional('FROM..TO', daysOf),
    kind: optional('KIND', kindOf),
    everything: flag(),
    confirm: optional('WORDS', anyText),
    backups: repeated('FOLDER', absolutePath),
    sync: optional('FOLDER', absolutePath),
    device: optional('ID', anyText),
    identity: identityOption,
  },
  place: transferCommandPlace,
  run({ days, kind, everything, confirm, backups, sync, device, ...vault }, io, place) {
    const all = everything ? { what: 'everything' as const } : undefined;
    const [selection, ...others] = [days, kind, all].filter((each) => each !== undefined);
    const isOdd = others.length > 0 || (sync === undefined) !== (device === undefined);
    if (selection === undefined || isOdd) {
      return undefined;
    }
    const places = {
      selection,
      backupFolders: [...backups],
      sync: sync === undefined || device === undefined ? null : { folder: sync, device },
    };
    return runOnVault(vault, io, place, {
      name: 'purge',
      async work(job, storage) {
        const within = { ...places, storage };
        const plan = await runTransfer('planErase', within, job);
        const words = confirmingWords(selection);
        if (confirm !== words) {
          io.output.write(
            `${describePlan(plan)}${l10n.t('Nothing was erased. To erase it: {0}', `--confirm "${words}"`)}\n`,
          );
          return exitCodes.badInput;
        }
        const report = await runTransfer('erase', { ...within, ids: plan.ids }, job);
        io.output.write(describeReport(report));
        return report.isComplete ? exitCodes.done : exitCodes.failed;
      },
    });
  },
});

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
    l10n.t('This will be lost:'),
    ...kinds.map(
      ({ kind, records, firstMs, lastMs }) =>
        `  ${l10n.t('{0} {1}, from {2} to {3}', records, kind, time(firstMs), time(lastMs))}`,
    ),
    ...(cutSessions > 0
      ? [`  ${l10n.t('the part of {0} sessions that lies in these days', cutSessions)}`]
      : []),
    ...(minutes > 0 ? [`  ${l10n.t('{0} minutes', minutes)}`] : []),
    ...(days === null
      ? [`  ${l10n.t('nothing')}`]
      : [`  ${l10n.t('of {0} days, {1} to {2}', days.count, days.from, days.to)}`]),
    ...backups.map((file) => l10n.t('backup that holds it: {0}', visibleText(file))),
    ...unreached.map(describeUnreached),
  ];
  return `${lines.join('\n')}\n`;
}

function describeReport(report: EraseReport): string {
  const { records, cutSessions, vaultFiles, backups, syncFiles, unreached, isComplete } = report;
  const lines = [
    l10n.t('{0} records erased, a part of {1} of them stays', records, cutSessions),
    l10n.t('{0} files of the vault overwritten and removed', vaultFiles),
    ...backups.map(({ file, replacedBy }) =>
      replacedBy === null
        ? l10n.t('backup removed: {0}', visibleText(file))
        : l10n.t('backup made anew without it, and verified: {0}', visibleText(replacedBy)),
    ),
    ...(syncFiles > 0 ? [l10n.t('{0} files in the sync folder made anew', syncFiles)] : []),
    ...unreached.map(describeUnreached),
    ...(isComplete ? [] : [l10n.t('Not all of it could be reached now. Run it again later.')]),
  ];
  return `${lines.join('\n')}\n`;
}

function describeUnreached({ place, name: given, reason }: Unreached): string {
  const name = visibleText(given);
  switch (place) {
    // What is never, or not yet, ours to reach.
    case 'window':
      return l10n.t('still open in a window: {0}', name);
    case 'otherDevice':
      return l10n.t('another device’s file, which that device makes anew when it syncs: {0}', name);
    case 'copies':
      return l10n.t('not reached: copies of the vault or its backups elsewhere');
    case 'recoveryKits':
      return l10n.t('not reached: recovery kits, which open such copies');
    case 'vaultCopy':
      return l10n.t('a copy of a vault, which is not changed here: {0}', name);
    case 'vaultFile':
    case 'earlierVault':
    case 'backupFolder':
    case 'backup':
    case 'syncFolder':
    case 'syncFile':
      return reason === null
        ? describeUnnamed(place, name)
        : l10n.t('not reached: {0} ({1})', name, reason);
  }
}

/** What could be reached if it were asked for. */
function describeUnnamed(place: Unreached['place'], name: string): string {
  if (place === 'syncFile') {
    return l10n.t('not reached: a file of a sync folder, which --sync would name: {0}', name);
  }
  return place === 'backup'
    ? l10n.t('not reached: a backup, whose folder --backups would name: {0}', name)
    : l10n.t('not reached: {0} ({1})', name, place);
}

function time(wallMs: number | null): string {
  return wallMs === null ? '-' : new Date(wallMs).toISOString();
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
