import type { Memento } from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import { runDetached, type Log } from '../../base/log.ts';
import { SerialQueue } from '../../base/serialQueue.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import { RhythmSignature, signatureIntervals } from '../../flow/rhythm/rhythmSignature.ts';
import {
  decodeRhythmTemplate,
  encodeRhythmTemplate,
  rhythmTemplateName,
} from '../../flow/rhythm/rhythmTemplate.ts';
import type { KeystrokeRing } from '../../tracking/keystrokeRing.ts';
import type { Vault } from '../../vault/vault.ts';

/**
 * `kept` while the vault may hold a template, so that it is deleted even when the setting is changed while no
 * window is open; `due` from when it is to be deleted until it is.
 */
const memoryKey = 'rhythmHint.template';
/** What the vault could not do is tried again after this long. */
const retryMs = 10 * 60_000;

export interface RhythmHintOptions {
  readonly ring: KeystrokeRing;
  readonly onDidStep: Event<FlowReading>;
  readonly vault: Pick<Vault, 'condition' | 'templates'>;
  /** Where the hint is shown; showing what is on screen already does nothing. */
  readonly notice: { show(wasMe: () => void): void; clear(): void };
  readonly memory: Memento;
  readonly clock: Clock;
  readonly isOn: boolean;
  readonly log: Log;
}

/**
 * Hints, when it is on, that typing does not look like the person's usual rhythm; never in flow. While it is
 * off it counts nothing, and deletes what it learned before.
 *
 * Every window learns for itself from what the vault held when it began, and the last to keep its template wins.
 */
export class RhythmHint implements Disposable {
  readonly #options: RhythmHintOptions;
  readonly #store = new DisposableStore();
  /** Loading, keeping and deleting, one after the other: what is deleted is not kept again afterwards. */
  readonly #queue = new SerialQueue();
  #isOn: boolean;
  #signature: RhythmSignature | undefined;
  #keptLearned = 0;
  #nextTryMs = -Infinity;
  /** What was typed while it was off is never looked at. */
  #fromSequence = 0;

  constructor(options: RhythmHintOptions) {
    this.#options = options;
    this.#isOn = options.isOn;
    this.#store.add(
      options.onDidStep((reading) => {
        this.#observe(reading);
      }),
    );
  }

  /** Begins to learn, or stops and deletes what was learned. */
  setOn(isOn: boolean): void {
    if (isOn === this.#isOn) {
      return;
    }
    this.#isOn = isOn;
    this.#signature = undefined;
    this.#nextTryMs = -Infinity;
    this.#fromSequence = this.#options.ring.sequence;
    this.#options.notice.clear();
    if (!isOn) {
      this.#try('Deleting the rhythm signature', async () => {
        // Whatever this window knows of: another one may have kept a template.
        await this.#options.memory.update(memoryKey, 'due');
        await this.#delete();
      });
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #observe({ state }: FlowReading): void {
    const { ring, vault, notice, memory } = this.#options;
    if (!this.#isOn) {
      if (memory.get<string>(memoryKey) !== undefined && vault.condition === 'ready') {
        this.#try('Deleting the rhythm signature', () => this.#delete());
      }
      return;
    }
    const signature = this.#signature;
    if (signature === undefined) {
      // Nobody pays for a database before there is something to compare.
      const typed = ring.sequence - this.#fromSequence;
      if (typed >= signatureIntervals && vault.condition === 'ready') {
        this.#try('Loading the rhythm signature', () => this.#load());
      }
      return;
    }
    signature.step();
    if (signature.learned !== this.#keptLearned) {
      this.#try('Keeping the rhythm signature', () => this.#keep());
    }
    if (!signature.isUnusual) {
      notice.clear();
    } else if (state !== 'inFlow') {
      notice.show(() => {
        if (signature === this.#signature) {
          signature.acknowledge();
        }
      });
    }
  }

  /** Does something with the vault, and after a failure nothing for a while. */
  #try(what: string, work: () => Promise<void>): void {
    const { clock, log } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#nextTryMs) {
      return;
    }
    this.#nextTryMs = nowMs + retryMs;
    const done = async (): Promise<void> => {
      await work();
      this.#nextTryMs = -Infinity;
    };
    runDetached(log, what, this.#queue.run(done));
  }

  async #load(): Promise<void> {
    const { ring, vault, memory } = this.#options;
    if (memory.get<string>(memoryKey) === 'due') {
      await this.#delete();
    }
    const stored = await vault.templates.get(rhythmTemplateName);
    if (this.#isOn) {
      const known = stored === undefined ? undefined : decodeRhythmTemplate(stored.bytes);
      this.#signature = new RhythmSignature(ring, known, this.#fromSequence);
      this.#keptLearned = 0;
    }
  }

  async #keep(): Promise<void> {
    const { vault, memory } = this.#options;
    const signature = this.#signature;
    if (signature !== undefined) {
      await memory.update(memoryKey, 'kept');
      const { learned } = signature;
      await vault.templates.put(rhythmTemplateName, encodeRhythmTemplate(signature.template));
      this.#keptLearned = learned;
    }
  }

  async #delete(): Promise<void> {
    const { vault, memory, log } = this.#options;
    if (!(await vault.templates.purge(rhythmTemplateName))) {
      log.warn('A damaged file may still hold a rhythm signature');
    }
    await memory.update(memoryKey, undefined);
    // One that was loaded in the meantime is what has just been deleted.
    this.#signature = undefined;
  }
}
