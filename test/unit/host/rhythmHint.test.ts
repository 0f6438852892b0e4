import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Emitter } from '../../../src/base/emitter.ts';
import { FlowEngine } from '../../../src/flow/detection/flowEngine.ts';
import type { FlowReading } from '../../../src/flow/flowReading.ts';
import { signatureIntervals, unusualInARow } from '../../../src/flow/rhythm/rhythmSignature.ts';
import { rhythmTemplateName, windowsToLearn } from '../../../src/flow/rhythm/rhythmTemplate.ts';
import { RhythmHint } from '../../../src/host/recording/rhythmHint.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../../src/tracking/keystrokeRing.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { Vault } from '../../../src/vault/vault.ts';
import { CleanUp } from '../../support/cleanUp.ts';
import { Random } from '../../support/generator/random.ts';
import { keeperBundle } from '../../support/keeperBundle.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';
import { atWindow, copyReading } from '../../support/typing.ts';
import { waitFor } from '../../support/waitFor.ts';

const retryMs = 10 * 60_000;

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
    if (value === undefined) {
      this.#values.delete(key);
    } else {
      this.#values.set(key, value);
    }
    return Promise.resolve();
  }
}

const cleanUp = new CleanUp();

/** One window of an editor: somebody types, and a hint may be on screen. */
class EditorWindow {
  readonly ring = new KeystrokeRing();
  readonly steps = new Emitter<FlowReading>(rethrow);
  readonly #random = new Random(1);
  readonly #reading = copyReading(new FlowEngine(new KeystrokeRing(16)).step(0, atWindow));
  #timeMs = 0;
  wasMe: (() => void) | undefined;
  shown = 0;
  readonly hint: RhythmHint;

  constructor(vault: Vault, clock: ManualClock, memory: Memory, isOn: boolean) {
    const notice = {
      show: (wasMe: () => void): void => {
        this.shown += this.wasMe === undefined ? 1 : 0;
        this.wasMe = wasMe;
      },
      clear: (): void => {
        this.wasMe = undefined;
      },
    };
    const log = new MemoryLog();
    const { ring } = this;
    const onDidStep = this.steps.event;
    this.hint = new RhythmHint({ ring, onDidStep, vault, notice, memory, clock, isOn, log });
    cleanUp.add(() => {
      this.hint.dispose();
    });
  }

  type(windows: number, tempoMs: number): void {
    for (let key = 0; key < windows * signatureIntervals; key++) {
      this.#timeMs += this.#random.logNormal(Math.log(tempoMs), 0.4);
      this.ring.push(this.#timeMs, EventKind.insert, 1, 0);
    }
  }

  step(state: FlowReading['state'] = 'steady'): void {
    this.steps.fire({ ...this.#reading, state });
  }
}

/** Asked anew, as the compiler believes that a field stays what an assertion found. */
const wasMeOn = (window: EditorWindow): (() => void) | undefined => window.wasMe;

describe('RhythmHint', function () {
  this.timeout(60_000);

  let folder: string;
  let clock: ManualClock;
  let memory: Memory;
  let vault: Vault;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-rhythm-'));
    clock = new ManualClock(Date.UTC(2026, 3, 15, 12));
    memory = new Memory();
    vault = new Vault({
      folder: path.join(folder, 'vault'),
      keysFolder: path.join(folder, 'keys'),
      protectors: [new KeyFileProtector(path.join(folder, 'keys'))],
      keeperPath: await keeperBundle(),
      clock,
      log: new MemoryLog(),
    });
    await vault.start();
  });

  afterEach(async () => {
    await cleanUp.run();
    await vault.close();
    // A template that is just being kept is waited for by nobody.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  const stored = (): ReturnType<Vault['templates']['get']> =>
    vault.templates.get(rhythmTemplateName);

  /** Types until the person is known and the vault holds it. */
  async function learn(window: EditorWindow): Promise<void> {
    window.type(windowsToLearn + 2, 150);
    await waitFor('the template', async () => {
      window.step();
      return (await stored()) !== undefined;
    });
  }

  it('hints at another rhythm, not in flow, and no more once the person says that it was theirs', async () => {
    const window = new EditorWindow(vault, clock, memory, true);
    await learn(window);
    window.step();
    assert.equal(window.wasMe, undefined);
    window.type(unusualInARow + 1, 350);
    window.step('inFlow');
    assert.equal(window.wasMe, undefined);
    window.step('steady');
    const wasMe = wasMeOn(window);
    assert.ok(wasMe);
    wasMe();
    window.step();
    assert.equal(window.wasMe, undefined);
    assert.equal(window.shown, 1);
  });

  it('knows the person again in the next window', async () => {
    await learn(new EditorWindow(vault, clock, memory, true));
    const next = new EditorWindow(vault, clock, memory, true);
    next.type(unusualInARow + 1, 350);
    await waitFor('the hint', () => {
      next.step();
      return next.wasMe !== undefined;
    });
  });

  it('stores nothing while it is off, and looks at nothing from before it was turned on', async () => {
    const window = new EditorWindow(vault, clock, memory, false);
    window.type(windowsToLearn, 150);
    window.step();
    assert.equal(await stored(), undefined);
    assert.deepEqual(memory.keys(), []);
    window.hint.setOn(true);
    for (let step = 0; step < 20; step++) {
      window.step();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(await stored(), undefined);
  });

  it('deletes what it learned when it is turned off', async () => {
    const window = new EditorWindow(vault, clock, memory, true);
    await learn(window);
    window.hint.setOn(false);
    await waitFor('the deletion', () => memory.keys().length === 0);
    assert.deepEqual(await vault.templates.list(), []);
    window.type(windowsToLearn, 150);
    window.step();
    assert.equal(await stored(), undefined);
  });

  it('deletes it later when the vault is locked, or the setting was changed while no window was open', async () => {
    const first = new EditorWindow(vault, clock, memory, true);
    await learn(first);
    first.hint.dispose();
    const window = new EditorWindow(vault, clock, memory, false);
    vault.access.lock();
    window.step();
    await vault.access.unlock();
    clock.advance(retryMs);
    window.step();
    await waitFor('the deletion', () => memory.keys().length === 0);
    assert.deepEqual(await vault.templates.list(), []);
  });
});
