import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import { feedbackRules } from '../../../src/flow/detection/feedbackPolicy.ts';
import type { FlowReading } from '../../../src/flow/flowReading.ts';
import { Feedback } from '../../../src/host/recording/feedback.ts';
import type { FeedbackRecord } from '../../../src/vault/record.ts';
import { CleanUp } from '../../support/cleanUp.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';

const stepMs = 15_000;
const minuteMs = 60_000;

function reading(changes: Partial<FlowReading>): FlowReading {
  return {
    state: 'steady',
    score: 30,
    low: 20,
    high: 40,
    confidence: 0.8,
    features: Float32Array.of(1, 1, 1, 0, 1),
    raw: undefined,
    contributions: [],
    usual: { score: 32, low: 6, high: 77 },
    baselineMinutes: 500,
    evidence: {
      ...{ edits: 90, editsNeeded: 15, typedChars: 90, blockChars: 0, unknownChars: 0 },
      ...{ navigations: 0, blurs: 0, sinceLastEditMs: 0 },
    },
    ...{ stateMs: 0, spellMs: 0, inFlowMs: 0 },
    ...changes,
  };
}

class Memory {
  readonly #values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.#values.keys()];
  }
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as VS Code declares it
  get<T>(key: string): T | undefined {
    return this.#values.get(key) as T | undefined;
  }
  update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, structuredClone(value));
    return Promise.resolve();
  }
}

const cleanUp = new CleanUp();

/** Somebody who works for a stretch and then takes their hands off for half a minute. */
class Person {
  readonly clock = new ManualClock(Date.UTC(2026, 3, 15, 9));
  readonly memory = new Memory();
  readonly kept: FeedbackRecord[] = [];
  readonly steps = new Emitter<FlowReading>(rethrow);
  feedback = this.open();

  open(isOn = true): Feedback {
    const feedback = new Feedback({
      onDidStep: this.steps.event,
      sink: {
        append: (records) => {
          this.kept.push(...records);
          return Promise.resolve();
        },
      },
      memory: this.memory,
      clock: this.clock,
      dayStartHour: () => 4,
      isOn,
      random: () => 0.9,
      log: new MemoryLog(),
    });
    cleanUp.add(() => {
      feedback.dispose();
    });
    return feedback;
  }

  step(changes: Partial<FlowReading> = {}): void {
    this.clock.advance(stepMs);
    this.steps.fire(reading(changes));
  }

  workThenPause(score = 30): void {
    for (let passedMs = 0; passedMs < 12 * minuteMs; passedMs += stepMs) {
      this.step({ score });
    }
    this.step({ score, evidence: { ...reading({}).evidence, sinceLastEditMs: 30_000 } });
  }
}

describe('Feedback', () => {
  afterEach(() => cleanUp.run());

  it('asks at a break, keeps the answer with what the ten minutes looked like, and closes', async () => {
    const person = new Person();
    person.workThenPause();
    assert.notEqual(person.feedback.askedMs, undefined);
    await person.feedback.answer({ rating: 6, activity: 'writing', interrupted: false });
    assert.equal(person.feedback.askedMs, undefined);
    const [record] = person.kept;
    assert.equal(record?.rating, 6);
    assert.equal(record.features?.length, 5);
    assert.ok(Math.abs((record.features[0] ?? 0) - 1) < 1e-5);
  });

  it('never asks in flow', () => {
    const person = new Person();
    for (let passedMs = 0; passedMs < 3 * 60 * minuteMs; passedMs += stepMs) {
      person.step({
        state: 'inFlow',
        score: 90,
        evidence: { ...reading({}).evidence, sinceLastEditMs: 30_000 },
      });
      assert.equal(person.feedback.askedMs, undefined);
    }
  });

  it('stops after three questions that were closed, over restarts, until it is turned on again', () => {
    const person = new Person();
    for (let question = 0; question < feedbackRules.mostDismissals; question++) {
      person.clock.advance(24 * 60 * minuteMs);
      // What was asked about least comes first: low and middling stretches take turns.
      person.workThenPause(question % 2 === 0 ? 30 : 3);
      assert.notEqual(person.feedback.askedMs, undefined, `question ${String(question)}`);
      person.feedback.dismiss();
      person.feedback.dispose();
      person.feedback = person.open();
    }
    person.clock.advance(24 * 60 * minuteMs);
    person.workThenPause(3);
    assert.equal(person.feedback.askedMs, undefined);
    person.feedback.setOn(true);
    person.clock.advance(24 * 60 * minuteMs);
    person.workThenPause(3);
    assert.notEqual(person.feedback.askedMs, undefined);
  });

  it('lets a question go that nobody answers', () => {
    const person = new Person();
    person.workThenPause();
    for (let passedMs = 0; passedMs < 11 * minuteMs; passedMs += stepMs) {
      person.step();
    }
    assert.equal(person.feedback.askedMs, undefined);
  });

  it('asks nothing where it is turned off, and still takes an answer', async () => {
    const person = new Person();
    person.feedback.dispose();
    person.feedback = person.open(false);
    person.workThenPause();
    assert.equal(person.feedback.askedMs, undefined);
    await person.feedback.answer({ rating: 1, activity: 'other', interrupted: true });
    assert.equal(person.kept.length, 1);
  });
});
