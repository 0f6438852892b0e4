import assert from 'node:assert/strict';
import type { FlowState } from '../../../src/facts/flow.ts';
import type { Presence } from '../../../src/facts/presence.ts';
import { FlowDetector, type Observation } from '../../../src/flow/detection/flowDetector.ts';
import { atWindow, atWindowIdle, elsewhere, paused } from '../../support/typing.ts';

const stepSeconds = 15;

/** A detector with somebody who types at it, second by second. */
class Scene {
  readonly detector = new FlowDetector();
  seconds = 0;
  lastEdit = 0;
  spellStart = 0;

  /** Goes on for so many seconds and returns the states in between, each once. */
  go(
    seconds: number,
    probability: number | undefined,
    options: {
      readonly presence?: Presence;
      readonly edits?: number;
      readonly types?: boolean;
      readonly isAssisted?: boolean;
      readonly ownFlowProbability?: number;
    } = {},
  ): FlowState[] {
    const states: FlowState[] = [];
    for (const end = this.seconds + seconds; this.seconds < end;) {
      this.seconds += stepSeconds;
      if (options.types ?? true) {
        if (this.seconds - this.lastEdit >= 180) {
          this.spellStart = this.seconds;
        }
        this.lastEdit = this.seconds;
      }
      const seen: Observation = {
        edits: options.edits ?? 200,
        lastEditMs: this.lastEdit * 1000,
        spellStartMs: this.spellStart * 1000,
        isAssisted: options.isAssisted ?? false,
        probability,
        ownFlowProbability: options.ownFlowProbability ?? 0,
      };
      this.detector.noteStep(seen);
      const state = this.detector.update(this.seconds * 1000, options.presence ?? atWindow, seen);
      if (states.at(-1) !== state) {
        states.push(state);
      }
    }
    return states;
  }
}

describe('FlowDetector', () => {
  it('builds, steadies after two minutes, and is in flow after five', () => {
    const scene = new Scene();
    assert.deepEqual(scene.go(105, 0.9), ['building']);
    assert.deepEqual(scene.go(45, 0.9), ['building', 'steady']);
    assert.deepEqual(scene.go(300, 0.9), ['steady', 'inFlow']);
    assert.equal(scene.detector.spellMs, 450_000);
    assert.equal(scene.detector.inFlowMs, 450_000 - 300_000);
    assert.equal(scene.detector.stateMs, 150_000);
  });

  it('holds between the thresholds, and leaves only after two minutes below', () => {
    const scene = new Scene();
    scene.go(600, 0.9);
    assert.deepEqual(scene.go(600, 0.6), ['inFlow']);
    assert.deepEqual(scene.go(120, 0.3), ['inFlow', 'steady']);
    assert.deepEqual(scene.go(600, 0.3), ['steady']);
    assert.deepEqual(scene.go(105, 0.1), ['steady']);
    assert.deepEqual(scene.go(15, 0.3), ['steady']);
    assert.deepEqual(scene.go(150, 0.1), ['steady', 'building']);
  });

  it('calls engaged typing flow only where the last two minutes speak for it', () => {
    const scene = new Scene();
    assert.deepEqual(scene.go(1_200, 0.75), ['building', 'steady']);
    assert.deepEqual(scene.go(105, 0.9), ['steady', 'inFlow']);
  });

  it('is not entered by a peak of less than two minutes', () => {
    const scene = new Scene();
    scene.go(400, 0.4);
    for (let peak = 0; peak < 5; peak++) {
      assert.deepEqual(scene.go(105, 0.9), ['building']);
      assert.deepEqual(scene.go(30, 0.5), ['building']);
    }
  });

  it("asks for what the person's own history asks", () => {
    const scene = new Scene();
    const asks = { ownFlowProbability: 0.9 };
    assert.deepEqual(scene.go(900, 0.85, asks), ['building', 'steady']);
    assert.deepEqual(scene.go(120, 0.95, asks), ['steady', 'inFlow']);
    assert.deepEqual(scene.go(300, 0.7, asks), ['inFlow']);
  });

  it('keeps its state through a pause of less than a minute', () => {
    const scene = new Scene();
    scene.go(600, 0.9);
    assert.deepEqual(scene.go(45, 0.6, { types: false }), ['inFlow']);
    assert.deepEqual(scene.go(45, 0.6, { types: false, presence: elsewhere }), ['inFlow']);
  });

  it('begins a new spell after a pause of three minutes', () => {
    const scene = new Scene();
    scene.go(600, 0.8);
    const states = scene.go(195, undefined, { types: false, edits: 0 });
    assert.equal(states.at(-1), 'reading');
    assert.equal(scene.detector.spellMs, 0);
    assert.deepEqual(scene.go(105, 0.8), ['building']);
  });

  it('makes no claim while most text is inserted, and has to reach flow again', () => {
    const scene = new Scene();
    scene.go(600, 0.9);
    assert.deepEqual(scene.go(45, 0.9, { isAssisted: true }), ['inFlow']);
    assert.deepEqual(scene.go(60, 0.9, { isAssisted: true }), ['assisted']);
    assert.deepEqual(scene.go(60, 0.6), ['assisted', 'steady']);
    assert.deepEqual(scene.go(180, 0.9), ['steady', 'inFlow']);
  });

  it('does not flicker at the edge of the gate', () => {
    const scene = new Scene();
    scene.go(300, 0.4);
    for (let turn = 0; turn < 10; turn++) {
      assert.deepEqual(scene.go(30, 0.4, { isAssisted: true }), ['building']);
      assert.deepEqual(scene.go(15, 0.4), ['building']);
    }
  });

  it('tells nothing from too few edits, whatever the probability', () => {
    const scene = new Scene();
    assert.deepEqual(scene.go(900, 0.99, { edits: 14 }), ['unknown']);
  });

  it('takes somebody who is there without editing for a reader', () => {
    const scene = new Scene();
    assert.deepEqual(scene.go(120, undefined, { types: false, edits: 0 }), ['unknown', 'reading']);
    // A few edits now and then are still reading.
    assert.deepEqual(scene.go(60, undefined, { edits: 4 }), ['reading']);
    assert.deepEqual(scene.go(15, 0.3), ['building']);
  });

  it('does not take somebody for a reader where what they type is not told', () => {
    const untold: Presence = { ...atWindow, untold: true };
    const scene = new Scene();
    scene.go(300, 0.9);
    // What was typed before holds for its two minutes.
    assert.deepEqual(scene.go(105, 0.9, { presence: untold, types: false }), ['inFlow']);
    assert.deepEqual(scene.go(600, undefined, { presence: untold, types: false, edits: 0 }), [
      'unknown',
    ]);
    assert.deepEqual(scene.go(60, undefined, { types: false, edits: 0 }), ['reading']);
    assert.deepEqual(scene.go(15, undefined, { presence: untold, types: false, edits: 0 }), [
      'unknown',
    ]);
    const gone: Presence = { ...elsewhere, untold: true };
    assert.equal(
      scene.go(120, undefined, { presence: gone, types: false, edits: 0 }).at(-1),
      'away',
    );
  });

  it('is away a minute after the window lost the focus, and back at once', () => {
    const scene = new Scene();
    scene.go(300, 0.4);
    const gone = scene.go(90, 0.4, { types: false, presence: elsewhere });
    assert.deepEqual(gone, ['building', 'away']);
    assert.notEqual(scene.go(15, 0.4)[0], 'away');
  });

  it('is away when nobody touched anything for a while, and stays so', () => {
    const scene = new Scene();
    scene.go(300, 0.4);
    const gone = scene.go(300, undefined, { types: false, edits: 0, presence: atWindowIdle });
    assert.equal(gone.at(-1), 'away');
    assert.deepEqual(scene.go(60, undefined, { types: false, edits: 0, presence: elsewhere }), [
      'away',
    ]);
  });

  it('begins away in a window that nobody is at', () => {
    assert.deepEqual(new Scene().go(30, undefined, { edits: 0, presence: elsewhere }), ['away']);
  });

  it('shows a pause at once and forgets the spell at a reset', () => {
    const scene = new Scene();
    scene.go(600, 0.8);
    assert.deepEqual(scene.go(15, 0.8, { presence: paused }), ['paused']);
    scene.detector.reset();
    assert.equal(scene.detector.state, 'unknown');
    assert.equal(scene.detector.inFlowMs, 0);
  });
});
