import { featureCount } from '../../src/base/flow.ts';
import { FlowEngine } from '../../src/flow/flowEngine.ts';
import { stepMs } from '../../src/flow/flowRules.ts';
import { LogisticModel } from '../../src/flow/logisticModel.ts';
import { logisticWeights } from '../../src/flow/weights.ts';
import { EventKind } from '../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../src/tracking/keystrokeRing.ts';
import { atLeast, atMost, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { allocatedPerCall, percentile, timeEach } from '../support/percentile.ts';
import { atWindow } from '../support/typing.ts';

const keysPerStep = 60;
/** Steps are scored out of a ring that holds a step's keys many times over. */
const ringCapacity = 512;

/** An engine and its ring, with a fast writer at them. */
class Typist {
  readonly ring = new KeystrokeRing(ringCapacity);
  readonly engine = new FlowEngine(this.ring);
  #nowMs = 0;

  type(): void {
    for (let key = 0; key < keysPerStep; key++) {
      const isDelete = key % 11 === 10;
      const timeMs = this.#nowMs + key * 240 + ((key * 7) % 13) * 9;
      this.ring.push(timeMs, isDelete ? EventKind.delete : EventKind.insert, 1, isDelete ? 1 : 0);
    }
    this.#nowMs += stepMs;
  }

  score(): number {
    return this.engine.step(this.#nowMs, atWindow).score ?? 0;
  }
}

function timePasses(): Figure[] {
  const typist = new Typist();
  const pass = (): Float64Array => {
    const passes = 20_000;
    const times = new Float64Array(passes);
    for (let index = 0; index < passes; index++) {
      typist.type();
      const before = performance.now();
      typist.score();
      times[index] = (performance.now() - before) * 1_000;
    }
    return times.sort();
  };
  pass();
  const times = pass();
  return [
    atMost('scoring pass, p99', percentile(times, 0.99), 'us', 50),
    told('scoring pass, p50', percentile(times, 0.5), 'us'),
  ];
}

function timeModel(): Figure {
  const model = new LogisticModel(logisticWeights);
  const features = new Float32Array(featureCount);
  let sum = 0;
  const evaluateMany = (index: number): void => {
    // A thousand at once: one alone is shorter than the clock can tell.
    for (let round = 0; round < 1_000; round++) {
      features[index % featureCount] = (round % 7) - 3;
      sum += model.logit(features);
    }
  };
  timeEach(200, evaluateMany);
  const times = timeEach(500, evaluateMany);
  return atMost(
    'model alone, p99',
    Number.isNaN(sum) ? NaN : percentile(times, 0.99) / 1_000,
    'us',
    2,
  );
}

function timeThousand(): Figure[] {
  collectGarbage();
  const before = memory();
  const typists = Array.from({ length: 1_000 }, () => new Typist());
  const round = (): void => {
    for (const typist of typists) {
      typist.type();
      typist.score();
    }
  };
  // Past the first twelve steps every window is full.
  for (let warming = 0; warming < 30; warming++) {
    round();
  }
  collectGarbage();
  const megabytes = (memory() - before) / 1e6;
  const rounds = 60;
  const startMs = performance.now();
  for (let measured = 0; measured < rounds; measured++) {
    round();
  }
  const seconds = (performance.now() - startMs) / 1_000;
  return [
    atMost('1,000 engines with their rings', megabytes, 'MB', 20),
    atLeast(
      'passes on one core, typing included',
      (rounds * typists.length) / seconds,
      '1/s',
      50_000,
    ),
  ];
}

function measureAllocation(): Figure {
  const typist = new Typist();
  const step = (): void => {
    typist.type();
    typist.score();
  };
  allocatedPerCall(2_000, step);
  return told('allocated per pass', allocatedPerCall(2_000, step), 'B');
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Collects where Node was started with --expose-gc; otherwise the figure is an upper bound. */
function collectGarbage(): void {
  globalThis.gc?.();
}

/** One scoring pass: new events counted, features, model, reasons and detector. */
export function run(): Promise<SuiteResult> {
  return Promise.resolve({
    suite: 'scoring',
    figures: [...timePasses(), timeModel(), ...timeThousand(), measureAllocation()],
  });
}
