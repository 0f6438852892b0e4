import type { FlowState } from '../../../src/facts/flow.ts';
import type { RawFeatures } from '../../../src/facts/minuteSample.ts';
import { ReplayStream } from '../../../src/cli/replay/replayStream.ts';
import type { FlowEngineOptions } from '../../../src/flow/detection/flowEngine.ts';
import { scoredAfterEditMs } from '../../../src/flow/flowRules.ts';
import type { SimulatedUser, TruthState } from '../generator/generator.ts';

/** One scoring step of a simulated user, and what was true at its end. */
export interface ScoredStep {
  readonly wallMs: number;
  readonly truth: TruthState;
  readonly state: FlowState;
  /** 0-1, or `undefined` where no claim was made. */
  readonly probability: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Normalised and smoothed, as the model saw them; also where no claim was made. */
  readonly features: Float32Array | undefined;
  readonly raw: RawFeatures | undefined;
  readonly edits: number;
  readonly keysPerMinute: number;
  readonly sinceLastEditMs: number;
  /** Whether the window allows a score, whatever the detector says. */
  readonly isScorable: boolean;
}

/** Plays a simulated user through the same way as `millrace replay`, and keeps the steps within sessions. */
export function scoreUser(
  user: SimulatedUser,
  options: Omit<FlowEngineOptions, 'baseline'> = {},
): ScoredStep[] {
  const steps: ScoredStep[] = [];
  let at = 0;
  const stream = new ReplayStream((wallMs, reading) => {
    while (at < user.spans.length - 1 && (user.spans[at]?.endMs ?? Infinity) < wallMs) {
      at++;
    }
    const span = user.spans[at];
    if (span === undefined || wallMs > span.endMs || wallMs <= span.startMs) {
      // Between two sessions nothing is true.
      return;
    }
    const { score, low, high, evidence } = reading;
    const sinceLastEditMs = evidence.sinceLastEditMs ?? Infinity;
    steps.push({
      wallMs,
      truth: span.state,
      state: reading.state,
      probability: score === undefined ? undefined : score / 100,
      low: low === undefined ? undefined : low / 100,
      high: high === undefined ? undefined : high / 100,
      features: reading.features?.slice(),
      raw: reading.raw,
      edits: evidence.edits,
      keysPerMinute: evidence.edits / 3,
      sinceLastEditMs,
      isScorable:
        reading.features !== undefined &&
        reading.state !== 'assisted' &&
        sinceLastEditMs < scoredAfterEditMs,
    });
  }, options);
  for (const event of user.events) {
    stream.push(event);
  }
  stream.finish();
  return steps;
}
