import { describeError, type Log } from '../../base/log.ts';
import { blockAt, type FocusState } from '../session/focusState.ts';
import type { JournalTarget, RestoreJournal } from './restoreJournal.ts';

/** Undoes what stands in the journal for one target; does nothing when it is undone already. */
export interface Restorer {
  readonly target: JournalTarget;
  /** Whether somebody still serves what the entry set up, so that it is none of a dead editor. */
  isInUse(): Promise<boolean>;
  restore(): Promise<void>;
}

/** Removes sections of the hosts file that no journal tells of. @returns how many there were */
export interface StrayHosts {
  removeStray(nowMs: number, all: boolean): Promise<number>;
}

export interface HealParts {
  readonly journal: RestoreJournal;
  readonly restorers: readonly Restorer[];
  /** For sections of the hosts file without a journal; `undefined` where there is no hosts file to look at. */
  readonly hosts: StrayHosts | undefined;
  readonly log: Log;
}

/** What an undoing came to. `failed` holds error reasons, never names or paths. */
export interface HealReport {
  readonly restored: readonly JournalTarget[];
  readonly failed: readonly { readonly target: JournalTarget; readonly error: unknown }[];
}

/**
 * Undoes every block whose time is over or that belongs to no running session. Called at the start of every
 * window, and by the warden. Blocks of a session that still runs stay: whoever drives it adopts them.
 */
export function healLeftovers(
  parts: HealParts,
  state: FocusState | undefined,
  nowMs: number,
): Promise<HealReport> {
  const wanted = state === undefined ? undefined : blockAt(state, nowMs);
  const isLeftover = async (restorer: Restorer, deadlineMs: number): Promise<boolean> => {
    if (deadlineMs <= nowMs) {
      return true;
    }
    // The proxy's settings stay as long as somebody serves it; the hosts entries go with the session.
    return restorer.target === 'hosts'
      ? wanted?.methods.includes('hosts') !== true
      : !(await restorer.isInUse());
  };
  return undo(parts, isLeftover, nowMs, false);
}

/** Undoes every block, whoever made it and whatever still runs. */
export function restoreEverything(parts: HealParts, nowMs: number): Promise<HealReport> {
  return undo(parts, () => Promise.resolve(true), nowMs, true);
}

async function undo(
  { journal, restorers, hosts, log }: HealParts,
  isLeftover: (restorer: Restorer, deadlineMs: number) => Promise<boolean>,
  nowMs: number,
  all: boolean,
): Promise<HealReport> {
  const restored: JournalTarget[] = [];
  const failed: { target: JournalTarget; error: unknown }[] = [];
  const attempt = async (target: JournalTarget, work: () => Promise<boolean>): Promise<void> => {
    try {
      if (await work()) {
        restored.push(target);
        log.info('A block was undone', { target });
      }
    } catch (error) {
      failed.push({ target, error });
      log.error('A block could not be undone', { target, ...describeError(error) });
    }
  };
  for (const restorer of restorers) {
    await attempt(restorer.target, async () => {
      const entry = await journal.read(restorer.target);
      if (entry === undefined || !(await isLeftover(restorer, entry.deadlineMs))) {
        return false;
      }
      await restorer.restore();
      return true;
    });
  }
  if (hosts !== undefined && !failed.some(({ target }) => target === 'hosts')) {
    await attempt('hosts', async () => (await hosts.removeStray(nowMs, all)) > 0);
  }
  await journal.tidy(nowMs);
  return { restored: [...new Set(restored)], failed };
}
