import { EventKind } from '../eventKind.ts';
import {
  burstKeysPerSecond,
  fastKeyMs,
  handfulOfKeys,
  longestRepeatMs,
  longestStallMs,
  mostFastIntervals,
  shortestRepeatMs,
} from './handRules.ts';
import { RepeatedKey } from './repeatedKey.ts';
import { TextStream } from './textStream.ts';
import { WaitingEvents, type WaitingEvent } from './waitingEvents.ts';

/** Takes what was judged: an event as it came, or what it turned out to be. */
export type JudgedEvent = (
  timeMs: number,
  kind: EventKind,
  insertedChars: number,
  deletedChars: number,
) => void;

/** More keys than this at once are never a hand's. */
const mostInBatch = handfulOfKeys + (burstKeysPerSecond * longestStallMs) / 1_000;
/** So long after the key before it, a key has nothing to do with it. */
const noIntervalMs = 60_000;
/** What waits for the next keys is decided when none has come for so long. */
const decidedAfterMs = longestRepeatMs + fastKeyMs;

/**
 * Tells a hand's keys from what only looks like them, by how runs of intervals look, once and before anything is
 * counted: the record, the score and the rhythm all take what comes out here.
 *
 * - A key that is held down is one key. Its repeats go nowhere.
 * - A run of very short intervals is no hand's. If it could have been typed during the wait before it, it is what a busy
 *   editor hands on in one batch: its keys are `late`, typed, but no evidence of anything. Else it is a program's, and
 *   `unknown`.
 * - Typing that is more even than any hand's, or faster than the fastest people type for long, is a stream: `unknown`.
 *   Where text comes faster only together with edits that have no sign of a key, its keys are `late`.
 *
 * Times and kinds, and what {@link noteOtherKey} tells; constant time, no allocation. A key that may turn out to be one of these waits for the next
 * ones, for about half a second at most; everything comes out in the order in which it went in.
 */
export class HandRuns {
  readonly #to: JudgedEvent;
  readonly #repeated = new RepeatedKey();
  readonly #stream = new TextStream();
  readonly #waiting = new WaitingEvents(mostInBatch + 8);
  /** Characters of the batch at hand that were typed. */
  #lateChars = 0;
  #run: 'none' | 'held' | 'batch' | 'program' = 'none';
  #lastMs = -Infinity;
  #lastKind: EventKind = EventKind.focus;
  #lastInserted = 0;
  #lastDeleted = 0;
  /** The interval before the last key. */
  #lastIntervalMs = noIntervalMs;
  #fastIntervals = 0;
  /** The wait before the first of the fast keys. */
  #stallMs = 0;

  constructor(to: JudgedEvent) {
    this.#to = to;
  }

  /** Takes an event; times must not decrease. */
  take(timeMs: number, kind: EventKind, insertedChars: number, deletedChars: number): void {
    switch (kind) {
      case EventKind.insert:
      case EventKind.delete:
      case EventKind.replace:
      case EventKind.undo:
      case EventKind.navigate:
        this.#takeKey(timeMs, kind, insertedChars, deletedChars);
        return;
      case EventKind.unknown:
      case EventKind.late:
        // No key, and so no part of a run of keys.
        this.#stream.noteOther(timeMs, insertedChars);
        if (this.#waiting.count === 0) {
          this.#to(timeMs, kind, insertedChars, deletedChars);
        } else {
          this.#wait(false, timeMs, kind, insertedChars, deletedChars);
        }
        return;
      case EventKind.block:
      case EventKind.blur:
      case EventKind.focus:
        this.release();
        this.#to(timeMs, kind, insertedChars, deletedChars);
        return;
    }
  }

  /** What is taken next is known to be another key than the one before; where nobody says so, times and kinds tell. */
  noteOtherKey(): void {
    this.#lastKind = EventKind.focus;
  }

  /** Whether the latest event waits for the next ones. */
  get isWaiting(): boolean {
    return this.#waiting.count > 0;
  }

  /**
   * Puts another edit in the place of the latest event, which waits and keeps its time: both are one key's.
   * @returns false when it has to be taken as an event of its own
   */
  reviseLatest(kind: EventKind, insertedChars: number, deletedChars: number): boolean {
    return this.#waiting.reviseLatest(kind, insertedChars, deletedChars);
  }

  /** Hands on what is decided by now, as no further key came. */
  settle(nowMs: number): void {
    if (this.#waiting.count > 0 && nowMs - this.#lastMs >= decidedAfterMs) {
      this.#endRun();
    }
  }

  /** Hands on all that waits: what comes next has nothing to do with it. */
  release(): void {
    this.#endRun();
    this.#repeated.forget();
    this.#lastMs = -Infinity;
  }

  #takeKey(timeMs: number, kind: EventKind, insertedChars: number, deletedChars: number): void {
    const intervalMs = Math.min(noIntervalMs, timeMs - this.#lastMs);
    const isSame =
      kind === this.#lastKind &&
      insertedChars === this.#lastInserted &&
      deletedChars === this.#lastDeleted;
    if (!this.#continuesRun(intervalMs, isSame)) {
      this.#judge(timeMs, kind, insertedChars, deletedChars, intervalMs, isSame);
    } else if (this.#run !== 'held') {
      this.#repeated.note(intervalMs, isSame);
      if (this.#repeated.isHeld) {
        this.#hold();
      } else {
        // What comes at once is judged as a batch alone; what only comes fast may be a stream's.
        const judged = intervalMs < shortestRepeatMs ? kind : this.#asHand(timeMs, kind);
        this.#addToBatch(timeMs, judged, insertedChars, deletedChars);
      }
    }
    this.#lastMs = timeMs;
    this.#lastKind = kind;
    this.#lastInserted = insertedChars;
    this.#lastDeleted = deletedChars;
    this.#lastIntervalMs = intervalMs;
  }

  #continuesRun(intervalMs: number, isSame: boolean): boolean {
    switch (this.#run) {
      case 'none':
        return false;
      case 'held':
        return isSame && this.#repeated.goesOn(intervalMs);
      case 'batch':
        return (
          intervalMs < fastKeyMs ||
          (isSame && this.#repeated.isSteady && this.#repeated.goesOn(intervalMs))
        );
      case 'program':
        return intervalMs < fastKeyMs;
    }
  }

  #judge(
    timeMs: number,
    kind: EventKind,
    insertedChars: number,
    deletedChars: number,
    intervalMs: number,
    isSame: boolean,
  ): void {
    if (this.#run !== 'none') {
      this.#endRun();
      this.#repeated.forget();
    }
    this.#repeated.note(intervalMs, isSame);
    this.#noteFast(intervalMs);
    const suspected = Math.max(this.#repeated.suspectedKeys, this.#fastIntervals);
    // What waited longer was suspected of something that is over.
    this.#handOnAllBut(suspected - 1);
    if (this.#repeated.isHeld) {
      this.#hold();
      return;
    }
    const judged = this.#asHand(timeMs, kind);
    if (this.#fastIntervals > mostFastIntervals) {
      this.#run = 'batch';
      this.#addToBatch(timeMs, judged, insertedChars, deletedChars);
    } else if (suspected > 0) {
      this.#wait(true, timeMs, judged, insertedChars, deletedChars);
    } else {
      this.#to(timeMs, judged, insertedChars, deletedChars);
    }
  }

  /** The waiting keys are repeats of one that is held; what is no key goes its way. */
  #hold(): void {
    this.#waiting.take(this.#waiting.count, this.#handOnUnlessKey);
    this.#run = 'held';
  }

  #noteFast(intervalMs: number): void {
    if (intervalMs >= fastKeyMs) {
      this.#fastIntervals = 0;
      return;
    }
    if (this.#fastIntervals === 0) {
      this.#stallMs = this.#lastIntervalMs;
    }
    this.#fastIntervals++;
  }

  /** What a key is that is part of no run: itself, or a part of a stream that no hand types. */
  #asHand(timeMs: number, kind: EventKind): EventKind {
    if (kind !== EventKind.insert && kind !== EventKind.replace) {
      return kind;
    }
    switch (this.#stream.note(timeMs)) {
      case 'hand':
        return kind;
      case 'stream':
        return EventKind.unknown;
      case 'either':
        // Which of the pieces are somebody's keys can't be told: they are no evidence.
        return EventKind.late;
    }
  }

  #addToBatch(timeMs: number, kind: EventKind, insertedChars: number, deletedChars: number): void {
    const typedInStall = (burstKeysPerSecond * Math.min(longestStallMs, this.#stallMs)) / 1_000;
    this.#wait(true, timeMs, kind, insertedChars, deletedChars);
    if (this.#run === 'program' || this.#waiting.count > handfulOfKeys + typedInStall) {
      this.#run = 'program';
      this.#handOnFirst(this.#waiting.count);
    }
  }

  #endRun(): void {
    this.#handOnFirst(this.#waiting.count);
    this.#run = 'none';
    this.#fastIntervals = 0;
  }

  #wait(
    isKey: boolean,
    timeMs: number,
    kind: EventKind,
    insertedChars: number,
    deletedChars: number,
  ): void {
    if (this.#waiting.isFull) {
      this.#handOnFirst(this.#waiting.count);
    }
    const isFast = isKey && this.#fastIntervals > 0;
    this.#waiting.add(isKey, isFast, timeMs, kind, insertedChars, deletedChars);
  }

  readonly #handOnUnlessKey = (event: WaitingEvent): void => {
    if (!event.isKey) {
      this.#handOn(event);
    }
  };

  /** Hands on the oldest of what waits, up to the latest so many keys. */
  #handOnAllBut(keys: number): void {
    this.#handOnFirst(this.#waiting.countBefore(Math.max(0, keys)));
  }

  /** Hands on the oldest so many of what waits, as what the run shows them to be. */
  #handOnFirst(count: number): void {
    this.#waiting.take(count, this.#handOn);
    if (this.#lateChars > 0) {
      // What was typed in one batch is one event.
      this.#to(this.#lastMs, EventKind.late, this.#lateChars, 0);
    }
    this.#lateChars = 0;
  }

  readonly #handOn = (event: WaitingEvent): void => {
    const kind = event.isFast ? this.#kindInRun(event.kind) : event.kind;
    if (kind === EventKind.late && event.isFast && event.kind !== EventKind.delete) {
      const takenBack = event.kind === EventKind.insert ? event.deletedChars : 0;
      this.#lateChars += event.insertedChars - takenBack;
    } else if (kind !== undefined) {
      this.#to(event.timeMs, kind, event.insertedChars, event.deletedChars);
    }
  };

  /** What an event is in the run at hand; `undefined` where it is nothing. */
  #kindInRun(kind: EventKind): EventKind | undefined {
    if (this.#run === 'none' || this.#run === 'held') {
      return kind;
    }
    if (kind === EventKind.undo || kind === EventKind.navigate) {
      return this.#run === 'batch' ? kind : undefined;
    }
    return this.#run === 'batch' && kind !== EventKind.unknown ? EventKind.late : EventKind.unknown;
  }
}
