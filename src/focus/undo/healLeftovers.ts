import { describeError, type Log } from '../../base/log.ts';
import { blockAt, type FocusState } from '../session/focusState.ts';
import { isDeadlineOver } from '../sites/blockDeadline.ts';
import { isServer, type BlockMethod } from '../sites/blockWayFacts.ts';
import type { SiteBlocker } from '../sites/siteBlocker.ts';
import type { JournalKind, RestoreJournal } from './restoreJournal.ts';

/**
 * Undoes one thing of the machine that a way of blocking changes, from its entry in the journal; does nothing when it is
 * undone already. Healing, the warden, "Restore Everything" and `millrace unblock` all go through these.
 */
export interface Restorer {
  /** The way that changes it. */
  readonly way: BlockMethod;
  readonly kind: JournalKind;
  /** What the command line calls it, in English: `the hosts file`. */
  readonly label: string;
  /** Whether somebody still serves what the entry set up, so that it is none of a dead editor. */
  isInUse(): Promise<boolean>;
  /** @param byPerson somebody asks for it, and is told what could not be decided for them */
  restore(byPerson?: boolean): Promise<void>;
  /**
   * Undoes what no journal tells of, known by marks of ours: what is past its time, what of our own nothing wants and,
   * with `all`, everything.
   * @returns how many there were
   */
  removeStray?(wanted: StrayWanted): Promise<number>;
  /** Whether it was ever used with this storage; where it never was, nobody need look for what it could have left. */
  wasUsed?(): Promise<boolean>;
  /** Whether the machine itself shows something of ours, as a cheap look tells, which may be taken every second. */
  isLeft?(): Promise<boolean>;
}

/** What `removeStray` looks for. */
export interface StrayWanted {
  /** Whether a deadline is over. */
  readonly isOver: (deadlineMs: number) => boolean;
  /** Whoever made it, and whatever still runs. */
  readonly all: boolean;
  /** A session that runs wants this way of blocking. */
  readonly isWanted: boolean;
}

/** A way that is written to the machine for the time of a block: it undoes what it did. */
export interface MachineBlocker extends SiteBlocker, Restorer {}

export interface HealOptions {
  readonly journal: RestoreJournal;
  readonly restorers: readonly Restorer[];
  readonly log: Log;
  /** Looks only for leftovers of ways that were ever used with this storage: what windows and the warden do. */
  readonly onlyUsed?: boolean;
}

/** What an undoing came to, by the journal's targets. `failed` holds error reasons, never names or paths. */
export interface HealReport {
  readonly restored: readonly string[];
  readonly failed: readonly { readonly target: string; readonly error: unknown }[];
}

/**
 * Undoes every block whose time is over or that belongs to no running session. Called at the start of every
 * window, and by the warden. Blocks of a session that still runs stay: whoever drives it adopts them.
 * @param isOver whether a deadline of the journal is over, by who knows more of the clock than that it is `nowMs`
 */
export function healLeftovers(
  options: HealOptions,
  state: FocusState | undefined,
  nowMs: number,
  isOver = (deadlineMs: number): boolean => isDeadlineOver(deadlineMs, nowMs),
): Promise<HealReport> {
  const wanted = state === undefined ? undefined : blockAt(state, nowMs);
  const isWanted = (way: BlockMethod): boolean => wanted?.methods.includes(way) === true;
  const isLeftover = async (restorer: Restorer, deadlineMs: number): Promise<boolean> => {
    if (isOver(deadlineMs)) {
      return true;
    }
    // What a server has set stays as long as somebody serves it; what was written for a session goes with it.
    return isServer(restorer.way) ? !(await restorer.isInUse()) : !isWanted(restorer.way);
  };
  return undo(options, isLeftover, { nowMs, isOver, all: false, isWanted });
}

/** Undoes every block, whoever made it and whatever still runs. */
export function restoreEverything(options: HealOptions, nowMs: number): Promise<HealReport> {
  const isOver = (): boolean => true;
  return undo(options, () => Promise.resolve(true), {
    ...{ nowMs, isOver, all: true },
    isWanted: () => false,
  });
}

interface UndoWanted extends Pick<StrayWanted, 'isOver' | 'all'> {
  readonly nowMs: number;
  readonly isWanted: (way: BlockMethod) => boolean;
}

async function undo(
  { journal, restorers, log, onlyUsed = false }: HealOptions,
  isLeftover: (restorer: Restorer, deadlineMs: number) => Promise<boolean>,
  { nowMs, isOver, all, isWanted }: UndoWanted,
): Promise<HealReport> {
  const restored: string[] = [];
  const failed: { target: string; error: unknown }[] = [];
  const attempt = async (target: string, work: () => Promise<boolean>): Promise<void> => {
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
    await attempt(restorer.kind.target, async () => {
      const entry = await journal.read(restorer.kind);
      if (entry === undefined || !(await isLeftover(restorer, entry.deadlineMs))) {
        return false;
      }
      await restorer.restore(all);
      return true;
    });
  }
  for (const restorer of restorers) {
    const { target } = restorer.kind;
    const isWorthALook = !onlyUsed || (await restorer.wasUsed?.()) !== false;
    if (isWorthALook && !failed.some((one) => one.target === target)) {
      const stray = { isOver, all, isWanted: isWanted(restorer.way) };
      await attempt(target, async () => ((await restorer.removeStray?.(stray)) ?? 0) > 0);
    }
  }
  await journal.tidy(nowMs);
  return { restored: [...new Set(restored)], failed };
}
