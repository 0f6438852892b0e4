import { featureCount } from '../../src/facts/flow.ts';
import { FlowEngine } from '../../src/flow/detection/flowEngine.ts';
import type { FlowReading } from '../../src/flow/flowReading.ts';
import { stepMs } from '../../src/flow/flowRules.ts';
import { shippedModel } from '../../src/flow/model/shippedModel.ts';
import { EventKind } from '../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../src/tracking/keystrokeRing.ts';
import { atLeast, atMost, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { allocatedPerCall, percentile, timeEach } from '../support/percentile.ts';
import { atWindow } from '../support/typing.ts';
import { processorMs } from '../support/processorTime.ts';

const keysPerStep = 60;
/** Steps are scored out of a ring that holds a step's keys many times over. */
const ringCapacity = 256;

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

  score(): FlowReading {
    return this.engine.step(this.#nowMs, atWindow);
  }
}

function timePasses(): Figure[] {
  const typist = new Typist();
  const pass = (isExplained: boolean): Float64Array => {
    let points = 0;
    const passes = 20_000;
    const times = new Float64Array(passes);
    for (let index = 0; index < passes; index++) {
      typist.type();
      const before = performance.now();
      const reading = typist.score();
      points += isExplained ? reading.contributions.length : 0;
      times[index] = (performance.now() - before) * 1_000;
    }
    return Number.isNaN(points) ? new Float64Array(1).fill(NaN) : times.sort();
  };
  pass(true);
  const times = pass(false);
  const explained = pass(true);
  return [
    atMost('scoring pass, p99', percentile(times, 0.99), 'us', 50),
    told('scoring pass, p50', percentile(times, 0.5), 'us'),
    atMost('scoring pass with its reasons, p99', percentile(explained, 0.99), 'us', 50),
    told('scoring pass with its reasons, p50', percentile(explained, 0.5), 'us'),
  ];
}

function timeModel(): Figure {
  const model = shippedModel();
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
    'model alone, median of 500 thousands',
    Number.isNaN(sum) ? NaN : percentile(times, 0.5) / 1_000,
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
  const cpuBeforeMs = processorMs();
  for (let measured = 0; measured < rounds; measured++) {
    round();
  }
  // Time of the processor: what else the machine does is no part of the figure.
  const seconds = (processorMs() - cpuBeforeMs) / 1_000;
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
