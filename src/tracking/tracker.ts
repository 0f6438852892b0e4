import type { Clock } from '../base/clock.ts';
import { ClockWatch } from '../base/clockWatch.ts';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import type { MinuteSample } from '../facts/minuteSample.ts';
import type { Presence } from '../facts/presence.ts';
import { ActivityClock } from './activityClock.ts';
import type { Classification } from './edits/editClassifier.ts';
import { sameKeyMs } from './edits/editReader.ts';
import { EventKind } from './eventKind.ts';
import { HandRuns } from './runs/handRuns.ts';
import type { KeystrokeRing } from './keystrokeRing.ts';
import { MinuteRecorder, type ScoredStep } from './minuteRecorder.ts';
import { SessionTracker, type Session } from './session.ts';
import { addsText } from './runs/waitingEvents.ts';

const tickMs = 5_000;
const stepMs = 15_000;
/** Timers run late after sleep: more than three ticks that passed without one mean that the machine slept. */
const longestGapMs = 3 * tickMs;
const keepMs = 15 * 60_000;

/** Scores the window up to a time. The result may be written over by the next call. */
export interface Scorer<Step extends ScoredStep> {
  step(nowMs: number, presence: Presence): Step;
  /** The machine slept, or nothing was heard of for other reasons: nothing before has to do with what comes. */
  noteGap(): void;
}

/** Who tells of edits, and keeps some of them back until it is sure of them. */
export interface EditSource {
  /** Tells of those that need not wait any more. */
  settle(timeMs: number): void;
  /** Tells of all. */
  flush(): void;
}

/** A minute of a session that is over and can be stored. */
export interface RecordedMinute {
  readonly session: Session;
  readonly sample: MinuteSample;
}

export interface TrackerOptions<Step extends ScoredStep> {
  readonly clock: Clock;
  readonly ring: KeystrokeRing;
  readonly scorer: Scorer<Step>;
  readonly newSessionId: () => string;
  readonly idleMs: number;
  readonly focused: boolean;
  /** The editor's word for keyboard or mouse use in this window; `undefined` where it has none. */
  readonly active: boolean | undefined;
  /** Whether edits of what is in front can't be told; asked at each tick. Left out: they always can. */
  readonly isFrontUntold?: () => boolean;
  readonly onListenerError: (error: unknown) => void;
}

/**
 * From an edit to a recorded minute: fills the ring, asks for a score every 15 s and when the window's
 * focus changes, counts the time a person was there, and hands on sessions and minutes. Knows no editor.
 */
export class Tracker<Step extends ScoredStep> implements Disposable {
  readonly #clock: Clock;
  readonly #isFrontUntold: () => boolean;
  readonly #watch: ClockWatch;
  readonly #ring: KeystrokeRing;
  readonly #scorer: Scorer<Step>;
  readonly #activity: ActivityClock;
  readonly #sessions: SessionTracker;
  readonly #recorder = new MinuteRecorder();
  readonly #runs: HandRuns;
  readonly #store = new DisposableStore();
  readonly #didStep: Emitter<Step>;
  readonly #didRecord: Emitter<RecordedMinute>;
  readonly #didEndSession: Emitter<Session>;
  #source: EditSource | undefined;
  #latest: Step;
  /** When the latest edit came, or the latest part of it. */
  #latestPartMs = -Infinity;
  #lastStepMs: number;
  #lastTickWallMs: number;
  #lastTickMs: number;

  constructor(options: TrackerOptions<Step>) {
    this.#clock = options.clock;
    this.#isFrontUntold = options.isFrontUntold ?? (() => false);
    this.#watch = new ClockWatch(options.clock);
    this.#ring = options.ring;
    this.#scorer = options.scorer;
    this.#activity = new ActivityClock(options.focused, options.active);
    this.#sessions = new SessionTracker({ idleMs: options.idleMs, newId: options.newSessionId });
    this.#runs = new HandRuns(this.#takeJudged);
    this.#didStep = this.#store.add(new Emitter(options.onListenerError));
    this.#didRecord = this.#store.add(new Emitter(options.onListenerError));
    this.#didEndSession = this.#store.add(new Emitter(options.onListenerError));
    this.#lastTickWallMs = this.#clock.wallMs();
    this.#lastStepMs = this.#lastTickMs = this.#clock.monotonicMs();
    this.#latest = this.#scorer.step(this.#lastStepMs, this.#activity.presenceAt(this.#lastStepMs));
    this.#store.add(
      this.#clock.every(tickMs, () => {
        this.tick();
      }),
    );
  }

  /** A scoring step was made. */
  get onDidStep(): Emitter<Step>['event'] {
    return this.#didStep.event;
  }

  /** A minute is over. */
  get onDidRecord(): Emitter<RecordedMinute>['event'] {
    return this.#didRecord.event;
  }

  /** A session is over; its minutes have been handed on before. */
  get onDidEndSession(): Emitter<Session>['event'] {
    return this.#didEndSession.event;
  }

  get latest(): Step {
    return this.#latest;
  }

  get session(): Session | undefined {
    return this.#sessions.current;
  }

  get isPaused(): boolean {
    return this.#activity.isPaused;
  }

  get isFocused(): boolean {
    return this.#activity.isFocused;
  }

  /** Asks this source, before it counts or scores, for what it keeps back. Dispose the result to stop. */
  takeFrom(source: EditSource): Disposable {
    this.#source = source;
    return toDisposable(() => {
      this.#source = undefined;
    });
  }

  setIdleTime(idleMs: number): void {
    this.#sessions.setIdleTime(idleMs);
  }

  /**
   * The typing path: O(1), and no allocation but at the first edit of a session.
   *
   * Here is the one gate: what is edited while nobody is there, be it by a task, an agent or a file that changes on the disk,
   * leaves no trace in ring, session or minute; so neither the detector, what is usual, nor the rhythm's signature knows of it.
   */
  edit(timeMs: number, edit: Classification): void {
    if (!this.#activity.canEdit(timeMs)) {
      return;
    }
    if (edit.revisesLatest === true && this.#revise(timeMs, edit)) {
      return;
    }
    this.#latestPartMs = timeMs;
    this.#activity.edited(timeMs);
    if (this.#sessions.current === undefined) {
      this.#beginSession();
    }
    if (edit.isOtherKey === true) {
      this.#runs.noteOtherKey();
    }
    this.#runs.take(timeMs, edit.kind, edit.insertedChars, edit.deletedChars);
  }

  /** A selection was moved by keyboard or mouse. */
  navigate(timeMs: number): void {
    if (this.#activity.isPaused || !this.#activity.isFocused) {
      return;
    }
    this.#activity.navigated(timeMs);
    this.#runs.take(timeMs, EventKind.navigate, 0, 0);
  }

  /** A key moved a caret, be it by typing: somebody is there, whatever the editor's signal says. */
  touch(timeMs: number): void {
    this.#activity.navigated(timeMs);
  }

  /** What is seen of a document moved: somebody reads, if they were there a moment ago. */
  scroll(timeMs: number): void {
    this.#activity.scrolled(timeMs);
  }

  focusChanged(focused: boolean, timeMs: number): void {
    if (focused === this.#activity.isFocused) {
      return;
    }
    this.tick();
    this.#activity.focusChanged(focused, timeMs);
    if (!this.#activity.isPaused) {
      this.#runs.take(timeMs, focused ? EventKind.focus : EventKind.blur, 0, 0);
    }
    this.stepNow();
  }

  /** The editor's own word for keyboard or mouse use in this window changed. */
  activeChanged(active: boolean | undefined, timeMs: number): void {
    this.#activity.signalChanged(active, timeMs);
  }

  /** Ends the session, forgets the window's events, and records nothing until {@link resume}. */
  pause(): void {
    if (!this.#activity.isPaused) {
      this.#source?.flush();
      this.tick();
      this.#endSession();
      this.#ring.forgetBefore(Infinity);
      this.#activity.pausedChanged(true);
      this.#scorer.noteGap();
      this.stepNow();
    }
  }

  resume(): void {
    if (this.#activity.isPaused) {
      // What is kept back was done while nothing is recorded.
      this.#source?.flush();
      this.#activity.pausedChanged(false);
      this.stepNow();
    }
  }

  /** Counts the time since the last tick, notices sleep, ends what is over, and scores when it is time. */
  tick(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#source?.settle(nowMs);
    const wallMs = this.#clock.wallMs();
    this.#activity.frontSeen(this.#isFrontUntold(), nowMs);
    this.#runs.settle(nowMs);
    const { elapsedMs, jumpMs } = this.#watch.look();
    if (elapsedMs > longestGapMs) {
      this.#endAtGap();
    } else {
      const countedMs = nowMs - this.#lastTickMs;
      this.#countTime(
        this.#lastTickWallMs,
        jumpMs === 0 ? wallMs : this.#lastTickWallMs + countedMs,
        nowMs,
      );
      if (jumpMs > longestGapMs || wallMs < this.#lastTickWallMs) {
        this.#splitSession(nowMs);
      }
    }
    this.#lastTickWallMs = wallMs;
    this.#lastTickMs = nowMs;
    this.#recorder.close(wallMs, this.#handOn);
    if (this.#sessions.isOver(wallMs, this.#clock.zoneOffsetMinutes(wallMs))) {
      this.#endSession();
    }
    this.#ring.forgetBefore(nowMs - keepMs);
    if (nowMs - this.#lastStepMs >= stepMs) {
      this.stepNow();
    }
  }

  /** Scores at once, outside the 15 s rhythm. */
  stepNow(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#lastStepMs = nowMs;
    this.#runs.settle(nowMs);
    this.#latest = this.#scorer.step(nowMs, this.#activity.presenceAt(nowMs));
    this.#didStep.fire(this.#latest);
  }

  /** Hands on everything that is not handed on yet, as the window closes. */
  finish(): void {
    this.#source?.flush();
    this.tick();
    this.#endSession();
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Hands a minute on. Bound, as the recorder calls it. */
  readonly #handOn = (sample: MinuteSample): void => {
    const session = this.#sessions.current;
    if (session !== undefined) {
      this.#didRecord.fire({ session, sample });
    }
  };

  /**
   * Takes an edit for what the latest one has become.
   * @returns false when the latest one was never counted, so that this one has to be
   */
  #revise(timeMs: number, edit: Classification): boolean {
    if (timeMs - this.#latestPartMs > sameKeyMs) {
      return false;
    }
    this.#latestPartMs = timeMs;
    const { kind, insertedChars, deletedChars } = edit;
    if (this.#runs.isWaiting) {
      return this.#runs.reviseLatest(kind, insertedChars, deletedChars);
    }
    const ring = this.#ring;
    const latest = ring.count - 1;
    if (latest < 0 || !addsText(ring.kindAt(latest))) {
      return false;
    }
    if (this.#sessions.current !== undefined) {
      this.#recorder.uncountChars(
        ring.kindAt(latest),
        ring.insertedAt(latest),
        ring.deletedAt(latest),
      );
      this.#recorder.count(kind, insertedChars, deletedChars);
    }
    ring.reviseLatest(kind, insertedChars, deletedChars);
    return true;
  }

  #beginSession(): void {
    const wallMs = this.#clock.wallMs();
    // What happened before the first edit belongs to no session.
    this.#sessions.edited(wallMs, this.#clock.zoneOffsetMinutes(wallMs));
    this.#lastTickWallMs = wallMs;
    this.#lastTickMs = this.#clock.monotonicMs();
  }

  /** Takes what was judged, into ring and record alike. Bound, as the runs call it. */
  readonly #takeJudged = (
    timeMs: number,
    kind: EventKind,
    insertedChars: number,
    deletedChars: number,
  ): void => {
    this.#ring.push(timeMs, kind, insertedChars, deletedChars);
    if (this.#sessions.current !== undefined) {
      this.#recorder.count(kind, insertedChars, deletedChars);
    }
  };

  #countTime(fromMs: number, toMs: number, nowMs: number): void {
    const isHere = this.#isHere(nowMs);
    if (isHere && this.#latest.state === 'away') {
      // Somebody came back since the last step; what follows is theirs.
      this.stepNow();
    }
    if (this.#sessions.current !== undefined && isHere && this.#latest.state !== 'away') {
      this.#sessions.touched(toMs);
      this.#recorder.addTime(fromMs, toMs, this.#latest, this.#handOn);
    }
  }

  /**
   * The wall clock was set while somebody works. What follows belongs to another session, so that no minute stands twice
   * in one, and no session holds an hour that was skipped. The work goes on: nothing of it is by that clock.
   */
  #splitSession(nowMs: number): void {
    const goesOn = this.#sessions.current !== undefined && this.#isHere(nowMs);
    this.#endSession();
    if (goesOn) {
      this.#beginSession();
    }
  }

  #isHere(nowMs: number): boolean {
    const presence = this.#activity.presenceAt(nowMs);
    return presence.focused && presence.active && !presence.paused;
  }

  #endSession(): void {
    this.#runs.release();
    this.#recorder.flush(this.#handOn);
    const ended = this.#sessions.end();
    if (ended !== undefined) {
      this.#didEndSession.fire(ended);
    }
  }

  #endAtGap(): void {
    this.#endSession();
    this.#ring.forgetBefore(Infinity);
    this.#activity.forgetTouch();
    this.#scorer.noteGap();
    this.stepNow();
  }
}
