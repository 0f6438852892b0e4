import type { ReplayEvent } from '../../../src/cli/replay/replayEvent.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { Random } from './random.ts';

/**
 * Made-up typing with known states, for benchmarks and training.
 *
 * The normal state and the draw of users are fitted to 4,987 writing sessions of the KLiCKe corpus; flow,
 * distracted, thrashing and inserted are assumptions, reading follows pause classes of programming, and
 * interrupted follows delays of resumption. What is measured on it compares our parts with each other. It is
 * never the accuracy for people.
 */

interface StateRow {
  readonly longBurst: number;
  readonly shortShare: number;
  /** ln seconds over the two that every pause has, and the longest pause. */
  readonly pauseMu: number;
  readonly pauseSigma: number;
  readonly pauseCapS: number;
  readonly tempo: number;
  readonly deletion: number;
  readonly blursPerMinute: number;
  readonly blockChance: number;
  readonly blockMu: number;
  readonly blockSigma: number;
  readonly dwellMinutes: number;
}

/** Pasted characters: median 30, nine in ten below 310. */
const paste = { blockChance: 0.004, blockMu: Math.log(30), blockSigma: 1.82 };
const rows = {
  normal: row(52, 0.3, [0.83, 1.63, 240], 1, 1, 0.15, 10),
  flow: row(75, 0.22, [0.7, 1.35, 60], 0.95, 0.8, 0.05, 22),
  reading: row(9, 0.6, [2.4, 1.2, 180], 1.1, 1.1, 0.1, 5),
  distracted: row(26, 0.4, [1.5, 1.7, 300], 1.05, 1.2, 0.8, 8),
  interrupted: { ...row(10, 0.6, [4.9, 0.8, 1200], 1.08, 1, 0.3, 7), blockChance: 0.002 },
  thrashing: row(30, 0.35, [0.7, 1.3, 90], 0.97, 2.6, 0.25, 6),
  inserted: {
    ...row(14, 0.45, [1.7, 1.1, 120], 1, 1.2, 0.2, 8),
    ...{ blockChance: 0.35, blockMu: Math.log(45), blockSigma: 1.3 },
  },
} as const satisfies Record<string, StateRow>;

export type TruthState = keyof typeof rows;
// The keys of a constant object of this file.
export const truthStates = Object.keys(rows) as readonly TruthState[];

/** A stretch of one true state. */
interface TruthSpan {
  readonly state: TruthState;
  readonly startMs: number;
  readonly endMs: number;
}

/** A person's sessions, in the order of time. */
export interface SimulatedUser {
  readonly events: readonly ReplayEvent[];
  readonly spans: readonly TruthSpan[];
  readonly sessions: readonly { readonly startMs: number; readonly endMs: number }[];
}

export interface SimulationOptions {
  readonly sessions: number;
  readonly sessionHours: number;
  /** How far flow is from normal: 1 as in the table, .5 half of it. */
  readonly contrast?: number;
  /** Changes the rows for one user, whose flow may differ from other people's. */
  readonly adapt?: (state: TruthState, row: StateRow) => StateRow;
}

/** Flow of a calm kind: slower than other people's, in shorter bursts, with more time to think. */
export const calmFlow: Pick<SimulationOptions, 'adapt'> = {
  adapt: (state, row) =>
    state === 'flow'
      ? { ...row, longBurst: 40, shortShare: 0.3, pauseMu: 1.3, pauseCapS: 40, tempo: 1.3 }
      : row,
};

/** A Monday in UTC; sessions begin at 9:00 of consecutive days. */
const firstSessionMs = Date.UTC(2024, 0, 8, 9);
const dayMs = 86_400_000;
const longestIntervalMs = 2_000;
const dwellSigma = 0.4;

function row(
  longBurst: number,
  shortShare: number,
  [pauseMu, pauseSigma, pauseCapS]: readonly [number, number, number],
  tempo: number,
  deletion: number,
  blursPerMinute: number,
  dwellMinutes: number,
): StateRow {
  const pause = { pauseMu, pauseSigma, pauseCapS };
  const typing = { longBurst, shortShare, tempo, deletion };
  return { ...typing, ...pause, blursPerMinute, ...paste, dwellMinutes };
}

/** A person: their hand, and how each state shows in it. */
class Person {
  readonly mu: number;
  readonly sigma: number;
  readonly phi: number;
  readonly deletionStart: number;
  readonly rows: Readonly<Record<TruthState, StateRow>>;

  constructor(random: Random, options: SimulationOptions) {
    this.mu = random.normal(5.12, 0.3);
    this.sigma = random.logNormal(Math.log(0.7), 0.14);
    this.phi = Math.max(0, Math.min(0.6, random.normal(0.2, 0.13)));
    this.deletionStart = random.logNormal(Math.log(0.025), 0.45);
    const burstScale = random.logNormal(0, 0.3);
    const pauseShift = random.normal(0, 0.25);
    const own = (state: TruthState): StateRow => {
      const base = softened(state, options.contrast ?? 1);
      const shown = options.adapt?.(state, base) ?? base;
      return {
        ...shown,
        longBurst: shown.longBurst * burstScale * random.logNormal(0, 0.25),
        deletion: shown.deletion * random.logNormal(0, 0.25),
        blursPerMinute: shown.blursPerMinute * random.logNormal(0, 0.25),
        pauseMu: shown.pauseMu + pauseShift,
      };
    };
    this.rows = {
      normal: own('normal'),
      flow: own('flow'),
      reading: own('reading'),
      distracted: own('distracted'),
      interrupted: own('interrupted'),
      thrashing: own('thrashing'),
      inserted: own('inserted'),
    };
  }
}

/** Flow between normal (contrast 0) and what the table says (1). */
function softened(state: TruthState, contrast: number): StateRow {
  const { flow, normal } = rows;
  if (state !== 'flow' || contrast === 1) {
    return rows[state];
  }
  const between = (name: keyof StateRow): number =>
    normal[name] + contrast * (flow[name] - normal[name]);
  return {
    ...flow,
    longBurst: between('longBurst'),
    shortShare: between('shortShare'),
    pauseMu: between('pauseMu'),
    pauseSigma: between('pauseSigma'),
    pauseCapS: between('pauseCapS'),
    tempo: between('tempo'),
    deletion: between('deletion'),
    blursPerMinute: between('blursPerMinute'),
  };
}

/** Simulates one user; the same seed and options give the same events. */
export function simulateUser(seed: number, options: SimulationOptions): SimulatedUser {
  const random = new Random(seed);
  const person = new Person(random.fork(), options);
  const events: ReplayEvent[] = [];
  const spans: TruthSpan[] = [];
  const sessions: { startMs: number; endMs: number }[] = [];
  for (let session = 0; session < options.sessions; session++) {
    const startMs = firstSessionMs + session * dayMs;
    const endMs = startMs + options.sessionHours * 3_600_000;
    sessions.push({ startMs, endMs });
    const hand = new Hand(random.fork(), person, events);
    let state: TruthState | undefined;
    for (let nowMs = startMs; nowMs < endMs;) {
      state = nextState(random, state);
      const dwellMs = person.rows[state].dwellMinutes * 60_000;
      const lasts = dwellMs * random.logNormal(-(dwellSigma ** 2) / 2, dwellSigma);
      const untilMs = Math.min(endMs, nowMs + lasts);
      spans.push({ state, startMs: nowMs, endMs: untilMs });
      hand.write(person.rows[state], nowMs, untilMs);
      nowMs = untilMs;
    }
  }
  return { events, spans, sessions };
}

function nextState(random: Random, before: TruthState | undefined): TruthState {
  const others = truthStates.filter((state) => state !== before);
  return others[random.below(others.length)] ?? 'normal';
}

/** Writes events: bursts of keys and the pauses between them. */
class Hand {
  readonly #random: Random;
  readonly #person: Person;
  readonly #events: ReplayEvent[];
  /** The deviation of the last interval's logarithm; the next one remembers a part of it. */
  #deviation = 0;
  #deletesLeft = 0;
  /** When the hand is free again; a pause may reach into the next state. */
  #freeMs = 0;

  constructor(random: Random, person: Person, events: ReplayEvent[]) {
    this.#random = random;
    this.#person = person;
    this.#events = events;
  }

  write(row: StateRow, startMs: number, endMs: number): void {
    const random = this.#random;
    let nowMs = Math.max(startMs, Math.min(this.#freeMs, startMs + row.pauseCapS * 1_000));
    let lastBlurMs = startMs;
    while (nowMs < endMs) {
      const isShort = random.chance(row.shortShare);
      const length = Math.max(1, Math.round(random.exponential(isShort ? 3 : row.longBurst)));
      for (let key = 0; key < length && nowMs < endMs; key++) {
        this.#key(row, nowMs);
        nowMs += this.#interval() * row.tempo;
      }
      const pauseS = 2 + random.logNormal(row.pauseMu, row.pauseSigma);
      const pauseMs = 1_000 * Math.min(row.pauseCapS, pauseS);
      const sinceBlurMinutes = (nowMs + pauseMs - lastBlurMs) / 60_000;
      if (nowMs < endMs && random.chance(1 - Math.exp(-row.blursPerMinute * sinceBlurMinutes))) {
        this.#push(nowMs + 500, EventKind.blur, 0);
        this.#push(nowMs + pauseMs - 500, EventKind.focus, 0);
      }
      lastBlurMs = nowMs + pauseMs;
      nowMs += pauseMs;
    }
    this.#freeMs = nowMs;
  }

  #key(row: StateRow, timeMs: number): void {
    const random = this.#random;
    if (this.#deletesLeft === 0 && random.chance(this.#person.deletionStart * row.deletion)) {
      this.#deletesLeft = Math.max(1, Math.round(random.logNormal(Math.log(2), 1.22)));
    }
    if (this.#deletesLeft > 0) {
      this.#deletesLeft--;
      this.#push(timeMs, EventKind.delete, 1);
    } else if (random.chance(row.blockChance)) {
      const chars = Math.round(random.logNormal(row.blockMu, row.blockSigma));
      this.#push(timeMs, EventKind.block, Math.max(8, chars));
    } else {
      this.#push(timeMs, EventKind.insert, 1);
    }
  }

  #interval(): number {
    const { mu, sigma, phi } = this.#person;
    for (;;) {
      const fresh = (this.#mixture() * sigma) / 0.7;
      const deviation = phi * this.#deviation + Math.sqrt(1 - phi ** 2) * fresh;
      const intervalMs = Math.exp(mu + deviation);
      if (intervalMs < longestIntervalMs) {
        this.#deviation = deviation;
        return Math.max(10, intervalMs);
      }
    }
  }

  /** ln(interval / own median), without the pauses. */
  #mixture(): number {
    const random = this.#random;
    const part = random.uniform();
    if (part < 0.54) {
      return random.normal(-0.08, 0.33);
    }
    return part < 0.9 ? random.normal(0.21, 0.94) : random.normal(1.05, 2.04);
  }

  #push(timeMs: number, kind: EventKind, chars: number): void {
    this.#events.push({ wallMs: Math.round(timeMs), kind, chars });
  }
}
