import type { Log } from '../../../base/log.ts';
import { TransferClient } from '../../../transfer/transferClient.ts';
import type { JobName, JobParams, JobResult } from '../../../transfer/transferContract.ts';
import { asTransferError } from '../../../transfer/transferError.ts';
import { wipe, type Identity } from '../../../vault/age/identity.ts';
import { openWithProtectors } from '../../../vault/keys/vaultKeys.ts';
import { readVaultFile, type KeyStore } from '../../../vault/keys/vaultStore.ts';

export interface TransfersOptions extends KeyStore {
  /** The vault's folder. */
  readonly folder: string;
  /** The caller wipes what it gets; throws while the vault is locked. */
  readonly keyring: () => Promise<Identity[]>;
  /** `dist/transfer.js` */
  readonly transferPath: string;
  readonly log: Log;
}

export interface TransferRun {
  /** Whether the job can do without the vault's keys, as one that restores can. */
  readonly allowsLocked?: boolean;
  /** A vault whose keys are needed as well, where the device has them. */
  readonly otherVault?: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Has jobs done for this window's vault, each in a thread of its own. */
export class Transfers {
  readonly #options: TransfersOptions;
  readonly #client: TransferClient;

  constructor(options: TransfersOptions) {
    this.#options = options;
    this.#client = new TransferClient(options);
  }

  /** The vault's folder. */
  get folder(): string {
    return this.#options.folder;
  }

  /** @throws {TransferError} */
  async run<N extends JobName>(
    name: N,
    params: JobParams<N>,
    { allowsLocked = false, otherVault, ...options }: TransferRun = {},
  ): Promise<JobResult<N>> {
    const { folder, keysFolder } = this.#options;
    const keyring: Identity[] = [];
    try {
      keyring.push(...(await this.#ownKeys(allowsLocked)));
      keyring.push(...(otherVault === undefined ? [] : await this.#keysOf(otherVault)));
      return await this.#client.run(name, params, {
        ...options,
        folder,
        keysFolder,
        keyring,
      });
    } catch (error) {
      throw asTransferError(error);
    } finally {
      wipe(...keyring);
    }
  }

  async #ownKeys(allowsLocked: boolean): Promise<Identity[]> {
    try {
      return await this.#options.keyring();
    } catch (error) {
      if (allowsLocked) {
        return [];
      }
      throw error;
    }
  }

  async #keysOf(folder: string): Promise<Identity[]> {
    const file = await readVaultFile(folder);
    return file === undefined
      ? []
      : (await openWithProtectors(file, this.#options.protectors)).identities;
  }
}
