import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Protector } from './keys/protector.ts';

export interface VaultOptions {
  /** The vault's own folder; made when needed. */
  readonly folder: string;
  /** In the order in which a new vault tries them. */
  readonly protectors: readonly Protector[];
  /** The keeper worker's bundle. */
  readonly keeperPath: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A keeper that was asked nothing for so long is ended; default two minutes. */
  readonly keeperIdleMs?: number;
  readonly retryPausesMs?: readonly number[];
  readonly waitingBytes?: number;
}
