import type { FlowState } from '../../facts/flow.ts';

/**
 * What may be done when flow begins, each only where the person opted in. `holdNotices`: Millrace keeps its own
 * notices back. `offerDoNotDisturb`: a button (the editor's command only toggles, and its state can't be read).
 * `blockList`: the sites and programs of the list are blocked.
 */
export const protections = ['holdNotices', 'offerDoNotDisturb', 'blockList'] as const;
export type Protection = (typeof protections)[number];

export interface ProtectionMemory {
  /** What is in force now. */
  readonly active: readonly Protection[];
  /** What the person undid; stays undone until flow has been over for `settleMs`. */
  readonly undone: readonly Protection[];
  /** When flow ended; `undefined` while it lasts or has not been. Monotonic milliseconds. */
  readonly leftMs: number | undefined;
}

export const noProtection: ProtectionMemory = { active: [], undone: [], leftMs: undefined };

export interface ProtectionMoment {
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  readonly flow: FlowState;
  /** Only the window in front protects; the others do nothing. */
  readonly windowFocused: boolean;
  readonly optedIn: readonly Protection[];
  /** A session blocks already, by itself. */
  readonly inSession: boolean;
}

export interface ProtectionChange {
  readonly memory: ProtectionMemory;
  /** What begins and what ends now. Everything that begins is shown with one button that undoes it. */
  readonly begin: readonly Protection[];
  readonly end: readonly Protection[];
}

/** Flow that comes back within this time is the same flow: nothing ends and begins again in between. */
export const settleMs = 60_000;

/** One step: called at every scoring step and at every change of focus. */
export function protectFlow(memory: ProtectionMemory, moment: ProtectionMoment): ProtectionChange {
  const inFlow = moment.flow === 'inFlow' && moment.windowFocused;
  const leftMs = inFlow
    ? undefined
    : (memory.leftMs ?? (isIdle(memory) ? undefined : moment.nowMs));
  const isOver = leftMs !== undefined && moment.nowMs - leftMs >= settleMs;
  if (isOver) {
    return { memory: noProtection, begin: [], end: memory.active };
  }
  // What was switched off in the settings ends at once.
  const kept = memory.active.filter((one) => moment.optedIn.includes(one));
  const end = memory.active.filter((one) => !kept.includes(one));
  const begin = inFlow
    ? moment.optedIn.filter(
        (one) =>
          !kept.includes(one) &&
          !memory.undone.includes(one) &&
          !(one === 'blockList' && moment.inSession),
      )
    : [];
  return { memory: { active: [...kept, ...begin], undone: memory.undone, leftMs }, begin, end };
}

/** The one-click undo. The caller ends what it names. */
export function undoProtection(memory: ProtectionMemory, one: Protection): ProtectionMemory {
  return {
    ...memory,
    active: memory.active.filter((other) => other !== one),
    undone: memory.undone.includes(one) ? memory.undone : [...memory.undone, one],
  };
}

function isIdle(memory: ProtectionMemory): boolean {
  return memory.active.length === 0 && memory.undone.length === 0;
}
