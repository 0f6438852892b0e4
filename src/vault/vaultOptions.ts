import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { KeyStore } from './keys/vaultStore.ts';
import type { VaultError } from './vaultError.ts';

export interface VaultOptions extends KeyStore {
  /** The vault's own folder; made when needed. */
  readonly folder: string;
  /** Why nobody can tell whether that is the vault's folder: nothing is then read there, written or made. */
  readonly refusal?: VaultError;
  /** The bundle of the keeper's thread. */
  readonly keeperPath: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A keeper that was asked nothing for so long is ended; default two minutes. */
  readonly keeperIdleMs?: number;
  readonly retryPausesMs?: readonly number[];
  readonly waitingBytes?: number;
}
