import type { SqlJsStatic } from 'sql.js';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { StepHook } from '../files/stepHook.ts';
import type { Keyring } from '../vault/age/identity.ts';
import { believeAlways, believeIn, type Believe } from '../vault/trust/believedFile.ts';
import { ReadTrust } from '../vault/trust/readTrust.ts';
import { Ledger } from '../vault/ledger/ledger.ts';
import type { VaultFile } from '../vault/protectors/vaultFile.ts';
import { takeReserve } from '../vault/upkeep/uniteReadable.ts';

/** What every job gets. */
export interface JobPlace {
  /** The vault's. */
  readonly folder: string;
  /** The vault's identities, the current one first. Whoever made the place wipes them. */
  readonly keyring: Keyring;
  /** Outside of the vault's: what this computer remembers of it. */
  readonly keysFolder: string;
  /** Asked at each look: whom to trust in the vault's folder. */
  readonly believe: Believe;
  /** What a recovery kit says in the place of a `vault.json` that can't be read, for jobs that only read the vault. */
  readonly standIn?: VaultFile;
  readonly sqlite: SqlJsStatic;
  readonly clock: Clock;
  readonly log: Log;
  /** A job that is cancelled throws, with `throwIfAborted`, and leaves nothing half-written. */
  readonly signal: AbortSignal;
  /**
   * Tells how far the job is, in units of its own, and looks whether somebody cancelled it: call it at least
   * every tenth of a second or so, also where nothing is awaited.
   */
  progress(done: number, total: number): void;
  readonly step?: StepHook;
  /** Everything of the vault, opened and read at the first call. It belongs to the place. */
  ledger(): Promise<Ledger>;
}

/**
 * One thing that can be asked of the room. Parameters and result are plain data, so that they can go to a
 * thread and back; whatever it throws becomes a `TransferError`.
 */
export type TransferJob<P, R> = (params: P, place: JobPlace) => Promise<R>;

export type JobPlaceOptions = Omit<JobPlace, 'ledger' | 'believe' | 'progress' | 'signal'> &
  Partial<Pick<JobPlace, 'progress' | 'signal'>>;

/** A place for jobs. Disposing it closes the ledger; the keyring stays its owner's. */
export function makeJobPlace(options: JobPlaceOptions): JobPlace & Disposable {
  const { folder, keyring, keysFolder, standIn, sqlite, log } = options;
  // An earlier identity may be in wrong hands: it says nothing of whose the vault is.
  const believe =
    standIn === undefined
      ? believeIn(folder, keyring.slice(0, 1), keysFolder)
      : believeAlways(ReadTrust.ofAll(standIn));
  let opened: Ledger | undefined;
  let reading: Promise<Ledger> | undefined;
  const read = async (): Promise<Ledger> => {
    opened = new Ledger({ folder, keyring, believe, sqlite, log });
    await opened.refresh();
    if (standIn !== undefined) {
      // Where that file is lost others may be.
      await takeReserve(opened, folder, sqlite);
    }
    return opened;
  };
  return {
    signal: new AbortController().signal,
    progress: () => {},
    ...options,
    believe,
    ledger: () => (reading ??= read()),
    dispose() {
      opened?.dispose();
      opened = undefined;
    },
  };
}
