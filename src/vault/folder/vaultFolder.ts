import path from 'node:path';

/** Names within a vault's folder: docs/vault-format.md, "Layout". */
export const vaultFileName = 'vault.json';
export const segmentsFolderName = 'segments';
export const snapshotsFolderName = 'snapshots';
export const trashFolderName = 'trash';
/** Where salvage sets aside what could not be read whole; only a purge removes it. */
export const damagedFolderName = 'damaged';

/** Every folder that may hold segments or snapshots. */
export const dataFolderNames = [
  segmentsFolderName,
  snapshotsFolderName,
  trashFolderName,
  damagedFolderName,
] as const;

/** Which imports can be undone: `src/transfer/import/importList.ts`. */
export const importsFolderName = 'imports';

const segmentName = /^([0-9a-f]{32})-(\d+)\.seg$/;
const markerName = /^([0-9a-f]{32})\.live$/;

export function segmentFileName(writerId: string, number: number): string {
  return `${writerId}-${number}.seg`;
}

/** The writer and number in a segment's name, or `undefined` for any other file. */
export function parseSegmentName(
  name: string,
): { readonly writerId: string; readonly number: number } | undefined {
  const [, writerId, number] = segmentName.exec(name) ?? [];
  return writerId === undefined || number === undefined
    ? undefined
    : { writerId, number: Number(number) };
}

export function markerFileName(writerId: string): string {
  return `${writerId}.live`;
}

/** The writer in a live marker's name, or `undefined` for any other file. */
export function parseMarkerName(name: string): string | undefined {
  return markerName.exec(name)?.[1];
}

export function segmentsFolderOf(vaultFolder: string): string {
  return path.join(vaultFolder, segmentsFolderName);
}
