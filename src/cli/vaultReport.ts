import * as l10n from '@vscode/l10n';
import { visibleText } from '../base/visibleText.ts';
import type { FileReport, VaultReport } from '../vault/upkeep/verify.ts';

/** A report as lines of text: a line for the whole, then the files that are not whole. */
export function describeReport({ files, isWhole }: VaultReport): string {
  const damaged = files.filter(({ state }) => state !== 'whole');
  const lines = [
    isWhole
      ? l10n.t('whole: {0} files, {1} of them not whole', files.length, damaged.length)
      : l10n.t('damaged: {0} files, {1} of them not whole', files.length, damaged.length),
    ...damaged.flatMap(describeFile),
  ];
  return `${lines.join('\n')}\n`;
}

function describeFile({ kind, file, state, count, losses }: FileReport): string[] {
  if (state === 'strange') {
    const words = l10n.t(
      'not signed by the owner or a device of this vault; nothing of it is read',
    );
    return [`${state} ${kind} ${visibleText(file)}: ${words}`];
  }
  const ofRecords = kind === 'segment';
  const readable = ofRecords
    ? l10n.t('{0} records can be read', count)
    : l10n.t('{0} sessions can be read', count);
  return [
    `${state} ${kind} ${visibleText(file)}: ${readable}`,
    ...losses.map(({ count: lost, fromMs, toMs }) => {
      const [from, to] = [describeTime(fromMs), describeTime(toMs)];
      const words = ofRecords
        ? l10n.t('lost: {0} records between {1} and {2}', lost, from, to)
        : l10n.t('lost: {0} sessions between {1} and {2}', lost, from, to);
      return `  ${words}`;
    }),
  ];
}

function describeTime(wallMs: number | undefined): string {
  return wallMs === undefined
    ? l10n.t('an unknown time')
    : `${new Date(wallMs).toISOString().slice(0, 16)}Z`;
}
