import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { dayAt, dayBounds, type DayNumber } from '../../facts/localDay.ts';
import { describeError, runDetached, type Log } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import { baselineTemplateName, decodeBaseline } from '../../flow/baseline/baselineTemplate.ts';
import type { FlowEngine } from '../../flow/detection/flowEngine.ts';
import { decodePersonalFit, personalTemplateName } from '../../flow/model/personalTemplate.ts';
import { shippedModel } from '../../flow/model/shippedModel.ts';
import type { Vault } from '../../vault/vault.ts';

/** An editor that starts has better things to do, so the first look comes after the first pause. */
const lookMs = 15_000;
/** What failed is tried again after so long. */
const againMs = 10 * 60_000;
/** What is usual rests on so many days. */
const baselineDays = 14;

export interface DailyChoresOptions {
  readonly engine: FlowEngine;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly dayStartHour: () => number;
  /** Whether somebody works in the window. One that only stands open is not worth a keeper. */
  readonly isWorkedIn: () => boolean;
  /** Whether somebody looks at what the keeper serves; otherwise it is ended once the chores are done. */
  readonly isLookedAt: () => boolean;
  /** Brings the past under the present rules, telling how far it is. */
  readonly rescore: () => Promise<void>;
  readonly log: Log;
}

/**
 * What is done once a day, by whichever window is first: learning anew what is usual for the person from the
 * last two weeks and what their answers teach, compaction, and, after the rules have changed, scoring history
 * again. A window that comes later takes what the first has learned.
 */
export class DailyChores implements Disposable {
  readonly #options: DailyChoresOptions;
  readonly #store = new DisposableStore();
  #doneFor: DayNumber | undefined;
  readonly #tending = new SingleFlight(() => this.#tend());
  #notBeforeMs = -Infinity;

  constructor(options: DailyChoresOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, isWorkedIn, isLookedAt, log } = this.#options;
    this.#store.add(
      clock.every(lookMs, () => {
        const isInUse = isWorkedIn() || isLookedAt();
        if (isInUse && clock.monotonicMs() >= this.#notBeforeMs) {
          runDetached(log, "The day's chores", this.tend());
        }
      }),
    );
  }

  /** Does what is due. What the vault can't do now is tried again later. */
  async tend(): Promise<void> {
    const { engine, vault } = this.#options;
    const day = this.#dayNow();
    engine.baseline.rollTo(day);
    if (!this.#tending.isBusy && this.#doneFor !== day && vault.condition === 'ready') {
      await this.#tending.join();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #tend(): Promise<void> {
    const { vault, clock, isLookedAt, log } = this.#options;
    const day = this.#dayNow();
    try {
      await this.#learn(day);
      this.#doneFor = day;
    } catch (error) {
      this.#notBeforeMs = clock.monotonicMs() + againMs;
      log.warn("The day's chores are put off", describeError(error));
    } finally {
      if (!isLookedAt()) {
        vault.keeper.end();
      }
    }
  }

  async #learn(day: DayNumber): Promise<void> {
    const { vault, dayStartHour, rescore, log } = this.#options;
    const { startMs } = dayBounds(day, dayStartHour());
    const known = await vault.templates.getMany([baselineTemplateName, personalTemplateName]);
    const baseline = known.get(baselineTemplateName);
    if (baseline !== undefined && baseline.createdMs >= startMs) {
      this.#use(baseline.bytes, known.get(personalTemplateName)?.bytes);
      return;
    }
    const fromMs = dayBounds(day - baselineDays + 1, dayStartHour()).startMs;
    const { clock } = this.#options;
    const query = { startMs: fromMs, endMs: clock.wallMs() };
    const hour = { dayStartHour: dayStartHour() };
    const learned = await vault.keeper.ask('learnBaseline', { ...query, ...hour });
    const tuned = await vault.keeper.ask('learnModel', hour);
    this.#use(learned, tuned);
    await vault.templates.put(baselineTemplateName, learned);
    await vault.templates.put(personalTemplateName, tuned);
    if (await vault.keeper.ask('isHistoryBehind', {})) {
      await rescore();
    }
    await vault.finishRotation();
    log.info("The day's chores are done");
  }

  #use(baseline: Uint8Array, personal: Uint8Array | undefined): void {
    const { engine } = this.#options;
    engine.useBaseline(decodeBaseline(baseline));
    engine.baseline.rollTo(this.#dayNow());
    const model = shippedModel();
    const fit =
      personal === undefined ? undefined : decodePersonalFit(personal, model.lastLayer.length);
    engine.useModel(
      fit === undefined || fit.tuning === 'none' ? model : model.withLastLayer(fit.lastLayer),
    );
  }

  #dayNow(): DayNumber {
    const { clock, dayStartHour } = this.#options;
    const nowMs = clock.wallMs();
    return dayAt(nowMs, clock.zoneOffsetMinutes(nowMs), dayStartHour());
  }
}
