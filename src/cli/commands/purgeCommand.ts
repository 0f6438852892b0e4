import path from 'node:path';
import type {
  ErasePlan,
  EraseReport,
  EraseSelection,
  Unreached,
} from '../../transfer/messages/eraseMessages.ts';
import { erasableKinds } from '../../readings/storedReading.ts';
import { runTransfer } from '../../transfer/transferJobs.ts';
import { defineCommand, exitCodes } from '../command.ts';
import { anyText, flag, optional, repeated, required, somePath } from '../options.ts';
import { identityOption, runOnVault, transferCommandPlace } from '../transferPlace.ts';

/** A folder of this computer, made absolute. */
const folder = (text: string): string => path.resolve(text);

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
    backups: repeated('FOLDER', folder),
    sync: optional('FOLDER', folder),
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
      storage: path.dirname(vault.storage),
    };
    return runOnVault(vault, io, place, {
      name: 'purge',
      async work(job) {
        const plan = await runTransfer('planErase', places, job);
        const words = confirmingWords(selection);
        if (confirm !== words) {
          io.output.write(
            `${describePlan(plan)}Nothing was erased. To erase it: --confirm "${words}"\n`,
          );
          return exitCodes.badInput;
        }
        const report = await runTransfer('erase', { ...places, ids: plan.ids }, job);
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
