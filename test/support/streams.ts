import type { ReplayEvent } from '../../src/cli/replay/replayEvent.ts';
import { EventKind } from '../../src/tracking/eventKind.ts';
import { Random } from './generator/random.ts';

/** A time that every stream begins at. */
const streamStartMs = Date.UTC(2024, 0, 8, 9);

export interface HandOptions {
  readonly minutes: number;
  readonly medianMs: number;
  /** Standard deviation of ln(interval); people have .58 to .93, pauses left out. */
  readonly spread: number;
  readonly deletions?: number;
  readonly seed?: number;
}

/** Somebody who types at a tempo of their own, and corrects now and then. */
export function handTyping(options: HandOptions): ReplayEvent[] {
  const { minutes, medianMs, spread, deletions = 0.06, seed = 1 } = options;
  const random = new Random(seed);
  const events: ReplayEvent[] = [];
  let atMs = 0;
  while (atMs < minutes * 60_000) {
    atMs += Math.max(20, medianMs * Math.exp(random.normal(0, spread)));
    const kind = random.chance(deletions) ? EventKind.delete : EventKind.insert;
    events.push(event(atMs, kind));
  }
  return events;
}

export interface HeldOptions {
  readonly intervalMs: number;
  readonly delayMs: number;
  readonly holdMs: number;
  readonly jitterMs?: number;
  readonly kind?: EventKind;
  readonly seed?: number;
}

/** The press at a time, and the repeats while the key is down. */
export function heldKey(atMs: number, options: HeldOptions): ReplayEvent[] {
  const { intervalMs, delayMs, holdMs, jitterMs = 1, kind = EventKind.insert, seed = 1 } = options;
  const random = new Random(seed + atMs);
  const events = [event(atMs, kind)];
  for (let downMs = delayMs; downMs < holdMs; downMs += intervalMs) {
    events.push(event(atMs + downMs + (2 * random.uniform() - 1) * jitterMs, kind));
  }
  return inOrder(events);
}

/** So many keys in one go. */
export function burst(
  atMs: number,
  keys: number,
  apartMs: number,
  kind: EventKind = EventKind.insert,
): ReplayEvent[] {
  return Array.from({ length: keys }, (_, key) => event(atMs + key * apartMs, kind));
}

export interface StreamOptions {
  readonly minutes: number;
  readonly apartMs: number;
  /** How far each interval may be from that, as a share of it. */
  readonly jitter: number;
  /** Pieces have 1 to so many characters. */
  readonly mostChars: number;
  readonly seed?: number;
}

/** Text that a program writes piece by piece. */
export function streamedText(options: StreamOptions): ReplayEvent[] {
  const { minutes, apartMs, jitter, mostChars, seed = 1 } = options;
  const random = new Random(seed);
  const events: ReplayEvent[] = [];
  let atMs = 0;
  while (atMs < minutes * 60_000) {
    atMs += apartMs * (1 + jitter * (2 * random.uniform() - 1));
    const chars = 1 + random.below(mostChars);
    events.push(event(atMs, chars === 1 ? EventKind.insert : EventKind.unknown, chars));
  }
  return events;
}

/** The streams as one. */
export function inOrder(...streams: readonly (readonly ReplayEvent[])[]): ReplayEvent[] {
  return streams.flat().sort((one, other) => one.wallMs - other.wallMs);
}

/** What is left of a stream where another thing has its place, from `everyMs` to `everyMs + forMs`, again and again. */
export function leavingOut(
  events: readonly ReplayEvent[],
  fromMs: number,
  everyMs: number,
  forMs: number,
): ReplayEvent[] {
  return events.filter(({ wallMs }) => {
    const intoMs = (wallMs - streamStartMs - fromMs + everyMs) % everyMs;
    return intoMs > forMs;
  });
}

function event(atMs: number, kind: EventKind, chars = 1): ReplayEvent {
  return { wallMs: Math.round(streamStartMs + atMs), kind, chars };
}
