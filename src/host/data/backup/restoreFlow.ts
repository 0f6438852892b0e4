import path from 'node:path';
import type { ListedBackup, RestoreKey } from '../../../transfer/messages/backupMessages.ts';
import { TransferError, type TransferFailure } from '../../../transfer/transferError.ts';

/** How a backup comes back: as a vault of its own, or into the present one. */
export type RestoreWay = 'asNew' | 'merge';

/** What somebody chose to restore, whole and with a key that opens it as far as a look tells. */
export interface RestoreChoice {
  /** The path of an age file or of a vault's folder. */
  readonly from: string;
  readonly key: RestoreKey;
  readonly entry: ListedBackup;
  readonly way: RestoreWay;
}

/** What is asked, each resolving to `undefined` when the person has had enough. */
export interface RestoreQuestions {
  /** @param failure why the list is empty, when the folder could not be read */
  source(
    listed: readonly ListedBackup[],
    failure: TransferFailure | undefined,
  ): Promise<
    | { readonly entry: ListedBackup }
    | { readonly file: string }
    | { readonly folder: string }
    | undefined
  >;
  key(entry: ListedBackup): Promise<Exclude<RestoreKey, { kind: 'present' }> | undefined>;
  way(): Promise<RestoreWay | undefined>;
  confirm(entry: ListedBackup, way: RestoreWay): Promise<boolean>;
}

export interface RestoreFlowOptions {
  /** The folder that backups go to, or empty. */
  readonly backupFolder: string;
  /** A present vault that can be read is there to merge into. */
  readonly canMerge: boolean;
  readonly list: (folder: string, key: RestoreKey) => Promise<readonly ListedBackup[]>;
  readonly ask: RestoreQuestions;
}

const present: RestoreKey = { kind: 'present' };

/**
 * Leads to what is to be restored: which backup, with which key, how, and whether really.
 * @throws {TransferError} what is wrong with what was chosen
 */
export async function chooseRestore(
  options: RestoreFlowOptions,
): Promise<RestoreChoice | undefined> {
  const { canMerge, ask } = options;
  const found = await chooseEntry(options);
  if (found === undefined) {
    return undefined;
  }
  const opened = await openEntry(found, options);
  if (opened === undefined) {
    return undefined;
  }
  const way = canMerge ? await ask.way() : 'asNew';
  if (way === undefined || !(await ask.confirm(opened.entry, way))) {
    return undefined;
  }
  return { ...opened, way };
}

interface FoundEntry {
  readonly folder: string;
  readonly entry: ListedBackup;
}

async function chooseEntry(options: RestoreFlowOptions): Promise<FoundEntry | undefined> {
  const { list, ask } = options;
  let folder = options.backupFolder;
  for (;;) {
    let listed: readonly ListedBackup[] = [];
    let failure: TransferFailure | undefined;
    if (folder !== '') {
      try {
        listed = await list(folder, present);
      } catch (error) {
        if (!TransferError.is(error) || error.reason === 'cancelled') {
          throw error;
        }
        failure = error.reason;
      }
    }
    const chosen = await ask.source(listed, failure);
    if (chosen === undefined) {
      return undefined;
    }
    if ('entry' in chosen) {
      return { folder, entry: chosen.entry };
    }
    if ('file' in chosen) {
      const parent = path.dirname(chosen.file);
      const name = path.basename(chosen.file);
      const entry = (await list(parent, present)).find(({ file }) => file === name);
      if (entry === undefined) {
        throw new TransferError('notOurs', 'A backup is an age file');
      }
      return { folder: parent, entry };
    }
    ({ folder } = chosen);
  }
}

/** With the keys at hand where they open it, else with what the person has. */
async function openEntry(
  { folder, entry }: FoundEntry,
  { list, ask }: RestoreFlowOptions,
): Promise<Omit<RestoreChoice, 'way'> | undefined> {
  const from = path.join(folder, entry.file);
  if (entry.failure === null) {
    return { from, key: present, entry };
  }
  if (entry.failure !== 'wrongKey' && entry.failure !== 'locked') {
    throw new TransferError(entry.failure, 'What was chosen cannot be restored');
  }
  const key = await ask.key(entry);
  if (key === undefined) {
    return undefined;
  }
  const again = (await list(folder, key)).find(({ file }) => file === entry.file);
  if (again?.failure !== null) {
    throw new TransferError(again?.failure ?? 'unreachable', 'What was chosen cannot be opened');
  }
  return { from, key, entry: again };
}
