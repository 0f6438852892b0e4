import path from 'node:path';
import type { Disposable } from '../../base/disposable.ts';
import type { Log } from '../../base/log.ts';
import { ThreadOnDemand, type ThreadChannel } from '../../threads/threadOnDemand.ts';
import { wipe, type Keyring } from '../age/identity.ts';
import {
  keeperContract,
  type KeeperAsk,
  type KeeperContract,
  type KeeperParams,
  type KeeperRequestName,
  type KeeperResult,
  type KeeperThreadData,
} from './keeperContract.ts';
import { VaultError } from '../vaultError.ts';
import { asVaultError } from './keeperFailure.ts';

export interface KeeperClientOptions {
  /** The thread's bundle; `sql-wasm.wasm` lies beside it. */
  readonly keeperPath: string;
  readonly folder: string;
  /** Outside of it: what this computer remembers of the vault. */
  readonly keysFolder: string;
  /**
   * The identities that may open something of the vault. Asked each time a keeper starts; the client wipes
   * what it is given once the keeper has it. A rejection is passed on, and no keeper stays.
   */
  readonly keyring: () => Promise<Keyring>;
  readonly log: Log;
  /** A keeper that was asked nothing for so long is ended. */
  readonly idleMs: number;
  /** A keeper that does not answer for so long is ended. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 60_000;

/**
 * The host's end of the keeper, which is there while something is asked and gets the keys first. An error in the keeper
 * is an answer; only a dead or silent one is `keeperFailed`.
 */
export class KeeperClient implements KeeperAsk, Disposable {
  readonly #options: KeeperClientOptions;
  readonly #thread: ThreadOnDemand<KeeperContract>;

  constructor(options: KeeperClientOptions) {
    this.#options = options;
    const { keeperPath, log, idleMs, timeoutMs = defaultTimeoutMs } = options;
    const data: KeeperThreadData = {
      wasmPath: path.join(path.dirname(keeperPath), 'sql-wasm.wasm'),
    };
    this.#thread = new ThreadOnDemand({
      name: 'keeper',
      file: keeperPath,
      data,
      contract: keeperContract,
      prepare: (channel) => this.#open(channel),
      log,
      idleMs,
      timeoutMs,
    });
  }

  /** True while there is a thread. */
  get isRunning(): boolean {
    return this.#thread.isRunning;
  }

  /** Asks the keeper. Throws as {@link KeeperAsk.ask}. */
  async ask<N extends KeeperRequestName>(
    name: N,
    params: KeeperParams<N>,
  ): Promise<KeeperResult<N>> {
    try {
      return await this.#ask(name, params);
    } catch (error) {
      if (!VaultError.is(error, 'rotated')) {
        throw error;
      }
      // Another window gave the vault other keys: with those a new keeper goes on.
      this.#thread.end();
      return this.#ask(name, params);
    }
  }

  async #ask<N extends KeeperRequestName>(
    name: N,
    params: KeeperParams<N>,
  ): Promise<KeeperResult<N>> {
    try {
      return await this.#thread.ask(name, params);
    } catch (error) {
      throw asVaultError(error);
    }
  }

  /** Ends the keeper, if there is one, and with it whatever is being asked. The next request starts another. */
  end(): void {
    this.#thread.end();
  }

  dispose(): void {
    this.#thread.dispose();
  }

  /** Fetching the keys and starting the thread go side by side. */
  async #open(channel: ThreadChannel<KeeperContract>): Promise<void> {
    const { folder, keysFolder, keyring } = this.#options;
    const keys = await keyring();
    const secrets = keys.map(({ secret }) => secret);
    // The message is a copy by the time this returns, so what the host has can go at once.
    const opened = channel.request('open', { folder, keysFolder, secrets });
    wipe(...keys);
    await opened;
  }
}
