import * as v from 'valibot';
import { freshBreakMemory } from './breakAdvisor.ts';
import {
  earlyReasons,
  pauseCauses,
  sessionEnders,
  sessionKinds,
  type FocusSession,
} from '../../facts/focusSession.ts';
import { mergeSessions } from '../../facts/focusSessionMerge.ts';
import { endSession, phaseOf, remainingMs, steadyMs } from './sessionSteps.ts';
import { boundedDeadline, isDeadlineOver } from '../sites/blockDeadline.ts';
import { blockMethods } from '../sites/blockWayFacts.ts';
import type { SiteBlock } from '../sites/siteBlocker.ts';

/**
 * What all windows share: one small file. Each window keeps the last state that it knows and joins it with what
 * is on the disk, so that a write that another window wrote over comes back with the next tick, and no lock is
 * needed. Joining is idempotent and knows no order, but for the heartbeat, which is only a mark of life.
 */

const wallMs = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const hexId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const windowId = v.pipe(v.string(), v.regex(/^[0-9a-f]{8,32}$/));
const shortList = <S extends v.GenericSchema>(item: S) =>
  v.pipe(v.array(item), v.maxLength(10_000));

const session = v.strictObject({
  id: hexId,
  kind: v.picklist(sessionKinds),
  startMs: wallMs,
  zoneOffsetMinutes: v.number(),
  plannedMs: count,
  extensions: shortList(v.strictObject({ atMs: wallMs, byMs: count })),
  pauses: shortList(
    v.strictObject({ startMs: wallMs, endMs: v.optional(wallMs), cause: v.picklist(pauseCauses) }),
  ),
  shifts: shortList(v.strictObject({ atMs: wallMs, byMs: wallMs })),
  askedMs: v.optional(wallMs),
  end: v.optional(
    v.strictObject({
      atMs: wallMs,
      by: v.picklist(sessionEnders),
      reason: v.optional(v.picklist(earlyReasons)),
    }),
  ),
  counts: v.record(
    windowId,
    v.strictObject({
      seconds: count,
      focusedSeconds: count,
      inFlowSeconds: count,
      unknownSeconds: count,
      interruptions: count,
      blockedTries: count,
    }),
  ),
});

const app = v.strictObject({ name: v.string(), action: v.picklist(['warn', 'end']) });

const order = v.strictObject({
  /** When it was given; the later order holds. */
  setMs: wallMs,
  /** The session that it goes with, or `flow` for one that stands alone. */
  by: v.union([hexId, v.literal('flow')]),
  sites: shortList(v.string()),
  apps: shortList(app),
  methods: v.array(v.picklist(blockMethods)),
  /** For `flow`: how long it holds without being given again. */
  untilMs: wallMs,
});

const focusState = v.strictObject({
  format: v.literal('millrace-focus'),
  version: v.literal(1),
  session: v.nullable(session),
  order: v.nullable(order),
  /** Sessions that have ended and are not yet in the vault. */
  outbox: shortList(session),
  /** Sessions that are in the vault: the last ones, so that an old copy does not bring them back. */
  stored: shortList(v.strictObject({ id: hexId, atMs: wallMs })),
  heartbeat: v.nullable(v.strictObject({ windowId, wallMs })),
  breaks: v.strictObject({
    workSinceMs: wallMs,
    lastWorkMs: wallMs,
    suggestedMs: wallMs,
    quietUntilMs: wallMs,
    suggestions: count,
  }),
});

export type BlockOrder = v.InferOutput<typeof order>;
export type AppChoice = v.InferOutput<typeof app>;
/** What to block, and how. */
export type BlockChoice = Pick<BlockOrder, 'sites' | 'apps' | 'methods'>;
export const blockNothing: BlockChoice = { sites: [], apps: [], methods: [] };

export interface FocusState extends Omit<v.InferOutput<typeof focusState>, 'session' | 'outbox'> {
  readonly session: FocusSession | null;
  readonly outbox: readonly FocusSession[];
}

export const emptyFocusState: FocusState = {
  format: 'millrace-focus',
  version: 1,
  session: null,
  order: null,
  outbox: [],
  stored: [],
  heartbeat: null,
  breaks: freshBreakMemory,
};

const mostStored = 200;
/** A block outlives the planned end of its session by this, so that ending is never a race with the deadline. */
const deadlineSlackMs = 60_000;
/** In overtime a block is renewed for this long at a time. */
const overtimeBlockMs = 5 * 60_000;

/** Reads a state from its text. @returns `undefined` for what is none, or of another version */
export function parseFocusState(text: string): FocusState | undefined {
  try {
    const parsed = v.safeParse(focusState, JSON.parse(text));
    if (!parsed.success) {
      return undefined;
    }
    const { session: current, outbox, ...rest } = parsed.output;
    return { ...rest, session: current && asSession(current), outbox: outbox.map(asSession) };
  } catch {
    return undefined;
  }
}

/** Joins what this window knows with what is on the disk; the heartbeat is the disk's. */
export function mergeFocusStates(disk: FocusState, mine: FocusState): FocusState {
  const stored = uniteStored([...disk.stored, ...mine.stored]);
  const storedIds = new Set(stored.map(({ id }) => id));
  const byId = new Map<string, FocusSession>();
  for (const one of [disk.session, mine.session, ...disk.outbox, ...mine.outbox]) {
    if (one !== null && !storedIds.has(one.id)) {
      const known = byId.get(one.id);
      byId.set(one.id, known === undefined ? one : mergeSessions(known, one));
    }
  }
  const all = [...byId.values()].sort(
    (one, other) => one.startMs - other.startMs || (one.id < other.id ? -1 : 1),
  );
  const running = all.filter(({ end }) => end === undefined);
  const current = running.at(-1) ?? null;
  // The session that was started last is the person's; the others ended when it began.
  const outbox = all
    .filter((one) => one !== current)
    .map((one) =>
      current === null ? one : endSession(one, steadyMs(one, current.startMs), 'replaced'),
    );
  return {
    format: 'millrace-focus',
    version: 1,
    session: current,
    order: laterOrder(disk.order, mine.order),
    outbox,
    stored,
    heartbeat: disk.heartbeat,
    breaks: laterBreaks(disk.breaks, mine.breaks),
  };
}

/** Moves a session that has ended to what waits for the vault. */
export function settleSession(state: FocusState): FocusState {
  const { session: current } = state;
  return current?.end === undefined
    ? state
    : { ...state, session: null, outbox: [...state.outbox, current] };
}

/** Says that a session is in the vault. */
export function markStored(state: FocusState, id: string, wallNowMs: number): FocusState {
  return {
    ...state,
    session: state.session?.id === id ? null : state.session,
    outbox: state.outbox.filter((one) => one.id !== id),
    stored: uniteStored([...state.stored, { id, atMs: wallNowMs }]),
  };
}

/** Gives an order that is later than the one before, whatever the clock says. */
export function giveOrder(
  state: FocusState,
  wallNowMs: number,
  given: Omit<BlockOrder, 'setMs'>,
): FocusState {
  const setMs = Math.max(wallNowMs, (state.order?.setMs ?? 0) + 1);
  return { ...state, order: { setMs, ...given } };
}

/** The running session's order with another block; the same state where it has none, or that very block. */
export function changeOrder(state: FocusState, wallNowMs: number, block: BlockChoice): FocusState {
  const { order: given, session: current } = state;
  if (given === null || given.by !== current?.id || textOf(given) === textOf(block)) {
    return state;
  }
  return giveOrder(state, wallNowMs, { by: current.id, untilMs: 0, ...block });
}

function textOf({ sites, apps, methods }: BlockChoice): string {
  const named = apps.map(({ name, action }) => [name, action]);
  return JSON.stringify([sites, named, methods]);
}

/** What is held off, by which ways, and until when. */
export type PresentBlock = SiteBlock & Pick<BlockOrder, 'apps' | 'methods'>;

/**
 * What has to be blocked at a moment, by whatever window; `undefined` for nothing.
 * @param jumpMs how far the wall clock was set since the order was given
 */
export function blockAt(
  state: FocusState,
  wallNowMs: number,
  jumpMs = 0,
): PresentBlock | undefined {
  const { order: given, session: current } = state;
  if (given === null) {
    return undefined;
  }
  const { sites, apps, methods } = given;
  if (given.by === 'flow') {
    const deadlineMs = given.untilMs + jumpMs;
    const isOver = isDeadlineOver(deadlineMs, wallNowMs);
    return isOver ? undefined : { sites, apps, methods, deadlineMs };
  }
  if (current?.id !== given.by) {
    return undefined;
  }
  const atMs = steadyMs(current, wallNowMs);
  const phase = phaseOf(current, atMs);
  if (phase === 'running') {
    const endMs = Math.round(wallNowMs + remainingMs(current, atMs) + deadlineSlackMs);
    return { sites, apps, methods, deadlineMs: boundedDeadline(endMs, wallNowMs) };
  }
  if (phase === 'overtime') {
    // The same deadline for a while, so that a hosts file is not written at every tick.
    const step = overtimeBlockMs / 2;
    const deadlineMs = Math.ceil(wallNowMs / step) * step + step;
    return { sites, apps, methods, deadlineMs };
  }
  return undefined;
}

function asSession(one: v.InferOutput<typeof session>): FocusSession {
  return {
    ...one,
    askedMs: one.askedMs,
    pauses: one.pauses.map((pause) => ({ ...pause, endMs: pause.endMs })),
    end: one.end === undefined ? undefined : { ...one.end, reason: one.end.reason },
  };
}

function uniteStored(stored: FocusState['stored']): FocusState['stored'] {
  const byId = new Map<string, number>();
  for (const { id, atMs } of stored) {
    byId.set(id, Math.max(atMs, byId.get(id) ?? -Infinity));
  }
  return [...byId]
    .map(([id, atMs]) => ({ id, atMs }))
    .sort((one, other) => one.atMs - other.atMs || (one.id < other.id ? -1 : 1))
    .slice(-mostStored);
}

function laterOrder(one: BlockOrder | null, other: BlockOrder | null): BlockOrder | null {
  if (one === null || other === null) {
    return one ?? other;
  }
  const difference = one.setMs - other.setMs;
  const text = (value: BlockOrder): string => JSON.stringify(value);
  return difference > 0 || (difference === 0 && text(one) >= text(other)) ? one : other;
}

function laterBreaks(one: FocusState['breaks'], other: FocusState['breaks']): FocusState['breaks'] {
  const later = one.lastWorkMs >= other.lastWorkMs ? one : other;
  return { ...later, quietUntilMs: Math.max(one.quietUntilMs, other.quietUntilMs) };
}
