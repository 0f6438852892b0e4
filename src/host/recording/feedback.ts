import { randomBytes } from 'node:crypto';
import type { Memento } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { featureCount } from '../../facts/flow.ts';
import { dayAt } from '../../facts/localDay.ts';
import { runDetached, type Log } from '../../base/log.ts';
import {
  FeedbackPolicy,
  feedbackRules,
  newMemory,
  type FeedbackMemory,
} from '../../flow/detection/feedbackPolicy.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import type { Activity, FeedbackRecord } from '../../vault/record.ts';

const memoryKey = 'feedback';
/** A question that nobody answers goes away by itself; that is no dismissal. */
const askedForMs = 10 * 60_000;

/** What somebody says of the last ten minutes. */
export interface Answer {
  /** 1 (not at all absorbed) to 7 (fully). */
  readonly rating: number;
  readonly activity: Activity;
  readonly interrupted: boolean;
}

export interface FeedbackOptions {
  readonly onDidStep: Event<FlowReading>;
  readonly sink: { append(records: readonly FeedbackRecord[]): Promise<void> };
  readonly memory: Memento;
  readonly clock: Clock;
  readonly dayStartHour: () => number;
  readonly isOn: boolean;
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Asks how absorbed somebody was, when the policy says that it is right to, and keeps the answer with the
 * features of the ten minutes that it is about. It shows nothing itself.
 */
export class Feedback implements Disposable {
  readonly #options: FeedbackOptions;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  readonly #policy: FeedbackPolicy;
  /** The scored steps of the last ten minutes. */
  #steps: { readonly wallMs: number; readonly features: Float32Array }[] = [];
  #askedMs: number | undefined;

  constructor(options: FeedbackOptions) {
    this.#options = options;
    this.#didChange = this.#store.add(loggingEmitter('the question about flow', options.log));
    const memory = options.memory.get<FeedbackMemory>(memoryKey) ?? newMemory(true);
    this.#policy = new FeedbackPolicy(options.random, memory);
    if (!options.isOn) {
      this.#policy.setOn(false);
    }
    this.#store.add(
      options.onDidStep((reading) => {
        this.#observe(reading);
      }),
    );
  }

  /** The question came, went, or was answered. */
  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** Since when the question waits for an answer, wall-clock; `undefined` when there is none. */
  get askedMs(): number | undefined {
    return this.#askedMs;
  }

  /** Turns the questions on, which forgives dismissals, or off. The command works at any time. */
  setOn(isOn: boolean): void {
    this.#policy.setOn(isOn);
    this.#close();
  }

  /** Keeps an answer. Resolves once it is durable. */
  async answer({ rating, activity, interrupted }: Answer): Promise<void> {
    const { clock, sink } = this.#options;
    const atMs = clock.wallMs();
    const record: FeedbackRecord = {
      type: 'feedback',
      id: randomBytes(16).toString('hex'),
      atMs,
      zoneOffsetMinutes: clock.zoneOffsetMinutes(atMs),
      rating,
      activity,
      interrupted,
      features: this.#meanFeatures(),
      origin: 'recorded',
    };
    this.#policy.answered();
    this.#close();
    await sink.append([record]);
  }

  /** Closes the question without an answer; after three in a row there are no more. */
  dismiss(): void {
    if (this.#askedMs !== undefined) {
      this.#policy.dismissed();
      this.#close();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #observe(reading: FlowReading): void {
    const { clock, dayStartHour } = this.#options;
    const wallMs = clock.wallMs();
    this.#steps = this.#steps.filter((step) => step.wallMs > wallMs - feedbackRules.stretchMs);
    if (reading.features !== undefined && reading.score !== undefined) {
      this.#steps.push({ wallMs, features: reading.features.slice() });
    }
    if (this.#askedMs !== undefined && wallMs - this.#askedMs > askedForMs) {
      this.#close();
    }
    const isDue = this.#policy.observe({
      wallMs,
      day: dayAt(wallMs, clock.zoneOffsetMinutes(wallMs), dayStartHour()),
      state: reading.state,
      score: reading.score,
      usual: reading.usual,
      sinceLastEditMs: reading.evidence.sinceLastEditMs,
      isHere: reading.state !== 'away' && reading.state !== 'paused',
    });
    if (isDue) {
      this.#askedMs = wallMs;
      this.#remember();
      this.#didChange.fire();
    }
  }

  #meanFeatures(): Float32Array | undefined {
    if (this.#steps.length === 0) {
      return undefined;
    }
    const mean = new Float32Array(featureCount);
    for (const { features } of this.#steps) {
      features.forEach((value, index) => {
        mean[index] = (mean[index] ?? 0) + value / this.#steps.length;
      });
    }
    return mean;
  }

  #close(): void {
    this.#askedMs = undefined;
    this.#remember();
    this.#didChange.fire();
  }

  #remember(): void {
    const { memory, log } = this.#options;
    const saved = Promise.resolve(memory.update(memoryKey, this.#policy.memory));
    runDetached(log, 'Remembering when was asked', saved);
  }
}
