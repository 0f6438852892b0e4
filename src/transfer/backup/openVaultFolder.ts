import path from 'node:path';
import type { Disposable } from '../../base/disposable.ts';
import type { Keyring } from '../../vault/age/identity.ts';
import { segmentsFolderName, snapshotsFolderName } from '../../vault/folder/vaultFolder.ts';
import { listFiles } from '../../vault/folder/vaultListing.ts';
import { digestContent } from '../../vault/database/contentDigest.ts';
import { believeAlways, type Believe } from '../../vault/trust/believedFile.ts';
import { ReadTrust } from '../../vault/trust/readTrust.ts';
import { isOfAnotherAuthor } from '../../vault/keys/vaultAuthorship.ts';
import { readVaultFile } from '../../vault/keys/vaultStore.ts';
import { Ledger, type LedgerOptions } from '../../vault/ledger/ledger.ts';
import type { Database } from '../../vault/sqlite/database.ts';
import { takeReserve, uniteReadable } from '../../vault/upkeep/uniteReadable.ts';
import { verifyVault, type FileReport } from '../../vault/upkeep/verify.ts';
import type { SignerDoubt } from '../copies/copySigner.ts';
import { checkPages } from '../copies/openAuthentic.ts';
import { placeholderOf } from '../copies/toolNames.ts';
import type { MissingPart } from '../messages/syncMessages.ts';
import { asTransferError, TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/** More months than this in one file are not told one by one. */
const mostMonths = 24;

/** A vault's folder as what a vault can be restored from. Dispose it to close it. */
export interface OpenVaultFolder extends Disposable {
  readonly database: Database;
  /** What could not be read, and is not in the database. */
  readonly missing: readonly MissingPart[];
  /** Why what is in it need not be of the vault's owner. */
  readonly doubt: SignerDoubt | undefined;
}

export interface OpenFolderOptions {
  /** Whether the person wants what nobody of the vault signed beside what somebody did. */
  readonly takesUnsigned?: boolean;
}

interface BelievedFolder extends Pick<OpenVaultFolder, 'doubt'> {
  readonly keyring: Keyring;
  readonly believe: Believe;
  /** Files that a sync tool holds elsewhere. */
  readonly away: readonly MissingPart[];
}

/**
 * Opens all of a vault's folder; of one that is damaged, or of which files are elsewhere, what can be read.
 * @throws {TransferError} `damaged` where that is nothing; `laterVersion`
 * @throws {VaultError} `damaged`, `unknownVersion`
 */
export async function openVaultFolder(
  folder: string,
  keyring: Keyring,
  place: JobPlace,
  { takesUnsigned = false }: OpenFolderOptions = {},
): Promise<OpenVaultFolder> {
  const away = await placeholdersIn(folder);
  const { believe, doubt } = await believeCopy(folder, keyring);
  const options = { keyring, believe, doubt, away };
  const opened = await openBelieved(folder, options, place);
  const strange = opened?.missing.some(({ reason }) => reason === 'unsigned') ?? false;
  if (opened !== undefined && !(strange && takesUnsigned)) {
    return opened;
  }
  opened?.dispose();
  // Where that is all there is, or the person wants it.
  const trust = ReadTrust.ofAll((await believe()).file);
  const all = { ...options, believe: believeAlways(trust), doubt: 'unsigned' } as const;
  const found = await openBelieved(folder, all, place);
  if (found === undefined) {
    throw new TransferError('damaged', 'No part of the vault can be read');
  }
  return found;
}

/** @returns `undefined` where nothing of it can be read */
async function openBelieved(
  folder: string,
  { keyring, believe, doubt, away }: BelievedFolder,
  place: JobPlace,
): Promise<OpenVaultFolder | undefined> {
  const whole = await openWhole(folder, { keyring, believe }, place);
  if (whole !== undefined) {
    return { ...whole, missing: away, doubt };
  }
  const { sqlite } = place;
  const keys = { keyring, trust: await believe() };
  const { files } = await verifyVault(folder, keys, sqlite);
  if (files.some(({ state }) => state === 'later')) {
    throw new TransferError('laterVersion', 'A part of the vault was written by a later Millrace');
  }
  const database = await uniteReadable(folder, files, keys, sqlite);
  if (Object.values(digestContent(database).counts).every((count) => count === 0)) {
    database.close();
    return undefined;
  }
  return {
    database,
    missing: [...files.flatMap(missingOf), ...away],
    doubt,
    dispose() {
      database.close();
    },
  };
}

/**
 * A folder that the person says is theirs: of one whose `vault.json` does not tell whose it is, all is taken. Nor does one that calls
 * somebody else the author of the person's identity, as whoever knows its public half can make and sign it.
 */
export async function believeCopy(
  folder: string,
  keyring: Keyring,
): Promise<{ readonly believe: Believe; readonly doubt: SignerDoubt | undefined }> {
  const file = await readVaultFile(folder).catch(() => undefined);
  const place = keyring.findIndex(({ recipient }) => recipient === file?.recipient);
  if (file === undefined || place < 0 || isOfAnotherAuthor(file, keyring)) {
    return { believe: believeAlways(ReadTrust.ofAll()), doubt: 'unsigned' };
  }
  // Signed by its own key, as whoever has an earlier one can make it.
  const doubt = file.signature === undefined ? 'unsigned' : place === 0 ? undefined : 'retired';
  return { believe: believeAlways(new ReadTrust(file)), doubt };
}

/** @returns `undefined` when a part of it can't be read */
async function openWhole(
  folder: string,
  keys: Pick<LedgerOptions, 'keyring' | 'believe'>,
  { sqlite, log, signal }: JobPlace,
): Promise<(Disposable & { readonly database: Database }) | undefined> {
  const ledger = new Ledger({ folder, ...keys, sqlite, log });
  try {
    await ledger.refresh();
    if (ledger.unreadableFiles + ledger.strangeFiles === 0) {
      checkPages(ledger.database);
      await takeReserve(ledger, folder, sqlite);
      // What becomes of it may be a snapshot, and nobody computes its days again.
      ledger.rollUp();
      return {
        database: ledger.database,
        dispose() {
          ledger.dispose();
        },
      };
    }
  } catch (error) {
    signal.throwIfAborted();
    if (asTransferError(error).reason !== 'damaged') {
      ledger.dispose();
      throw error;
    }
  }
  ledger.dispose();
  return undefined;
}

/** Files of the vault that a sync tool holds elsewhere. */
async function placeholdersIn(folder: string): Promise<MissingPart[]> {
  const found: MissingPart[] = [];
  for (const inner of [segmentsFolderName, snapshotsFolderName]) {
    for (const name of await listFiles(path.join(folder, inner))) {
      if (/\.(?:age|seg)\./i.test(name) && placeholderOf(name) !== undefined) {
        const file = `${inner}/${name}`;
        found.push({ file, month: null, device: null, reason: 'unavailable' });
      }
    }
  }
  return found;
}

/** What is missing of a file: for each month, as far as what is around it tells. */
function missingOf({ kind, file, state, losses, isForOthers = false }: FileReport): MissingPart[] {
  if (state === 'whole') {
    return [];
  }
  const inner = kind === 'segment' ? segmentsFolderName : snapshotsFolderName;
  const months = new Set(losses.flatMap(({ fromMs, toMs }) => monthsBetween(fromMs, toMs)));
  return [...(months.size === 0 ? [null] : months)].map((month) => ({
    file: `${inner}/${file}`,
    month,
    device: null,
    // Of a snapshot with a damaged header nobody can tell.
    reason:
      state === 'strange'
        ? 'unsigned'
        : isForOthers && kind === 'segment'
          ? 'sealedForAnother'
          : 'torn',
  }));
}

function monthsBetween(fromMs: number | undefined, toMs: number | undefined): (string | null)[] {
  if (fromMs === undefined || toMs === undefined || toMs < fromMs) {
    return [null];
  }
  const first = monthNumber(fromMs);
  const count = monthNumber(toMs) - first + 1;
  return count > mostMonths
    ? [null]
    : Array.from({ length: count }, (_, index) => monthText(first + index));
}

function monthNumber(wallMs: number): number {
  const date = new Date(wallMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function monthText(month: number): string {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12)).toISOString().slice(0, 7);
}
