import type { Presence } from '../../src/facts/presence.ts';
import type { FlowReading } from '../../src/flow/flowReading.ts';
import type { FlowEngine } from '../../src/flow/detection/flowEngine.ts';
import { stepMs } from '../../src/flow/flowRules.ts';
import { EventKind } from '../../src/tracking/eventKind.ts';
import type { KeystrokeRing } from '../../src/tracking/keystrokeRing.ts';

/** One event of a made-up stream. */
export interface StreamEvent {
  readonly timeMs: number;
  readonly kind: EventKind;
  readonly inserted: number;
  readonly deleted: number;
}

export const atWindow: Presence = { focused: true, active: true, paused: false };
export const atWindowIdle: Presence = { focused: true, active: false, paused: false };
export const elsewhere: Presence = { focused: false, active: false, paused: false };
export const paused: Presence = { focused: true, active: true, paused: true };

export function insertAt(timeMs: number): StreamEvent {
  return { timeMs, kind: EventKind.insert, inserted: 1, deleted: 0 };
}

export function deleteAt(timeMs: number): StreamEvent {
  return { timeMs, kind: EventKind.delete, inserted: 0, deleted: 1 };
}

export function blockAt(timeMs: number, chars: number): StreamEvent {
  return { timeMs, kind: EventKind.block, inserted: chars, deleted: 0 };
}

/** One character after the other, each a fixed time after the last. */
export function typeEvenly(fromMs: number, toMs: number, intervalMs = 200): StreamEvent[] {
  const events: StreamEvent[] = [];
  for (let timeMs = fromMs; timeMs < toMs; timeMs += intervalMs) {
    events.push(insertAt(timeMs));
  }
  return events;
}

export function pushAll(ring: KeystrokeRing, events: readonly StreamEvent[]): void {
  for (const { timeMs, kind, inserted, deleted } of events) {
    ring.push(timeMs, kind, inserted, deleted);
  }
}

/** A reading that later steps don't write over. */
export function copyReading(reading: FlowReading): FlowReading {
  return {
    ...reading,
    features: reading.features?.slice(),
    contributions: reading.contributions.map((part) => ({ ...part })),
    usual: { ...reading.usual },
    evidence: { ...reading.evidence },
  };
}

/**
 * Plays a stream into an engine, a step every 15 s from `startMs` to `endMs`, and returns the readings.
 * @param presenceAt who is there; always somebody by default
 */
export function play(
  engine: FlowEngine,
  ring: KeystrokeRing,
  events: readonly StreamEvent[],
  startMs: number,
  endMs: number,
  presenceAt: (timeMs: number) => Presence = () => atWindow,
): FlowReading[] {
  const readings: FlowReading[] = [];
  let next = 0;
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    for (let event = events[next]; event !== undefined && event.timeMs < timeMs;) {
      ring.push(event.timeMs, event.kind, event.inserted, event.deleted);
      event = events[++next];
    }
    readings.push(copyReading(engine.step(timeMs, presenceAt(timeMs))));
  }
  return readings;
}
