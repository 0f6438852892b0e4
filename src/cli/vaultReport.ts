import type { FileReport, VaultReport } from '../vault/upkeep/verify.ts';

/** A report as lines of text: a line for the whole, then the files that are not whole. */
export function describeReport({ files, isWhole }: VaultReport): string {
  const damaged = files.filter(({ state }) => state !== 'whole');
  const lines = [
    `${isWhole ? 'whole' : 'damaged'}: ${files.length} files, ${damaged.length} of them not whole`,
    ...damaged.flatMap(describeFile),
  ];
  return `${lines.join('\n')}\n`;
}

function describeFile({ kind, file, state, count, losses }: FileReport): string[] {
  const what = kind === 'segment' ? 'records' : 'sessions';
  return [
    `${state} ${kind} ${file}: ${count} ${what} can be read`,
    ...losses.map(
      ({ count: lost, fromMs, toMs }) =>
        `  lost: ${lost} ${what} between ${describeTime(fromMs)} and ${describeTime(toMs)}`,
    ),
  ];
}

function describeTime(wallMs: number | undefined): string {
  return wallMs === undefined
    ? 'an unknown time'
    : `${new Date(wallMs).toISOString().slice(0, 16)}Z`;
}
