import type { FlowState } from '../../../src/facts/flow.ts';
import type { ReplayEvent } from '../../../src/cli/replay/replayEvent.ts';
import { ReplayStream } from '../../../src/cli/replay/replayStream.ts';
import { EventKind } from '../../../src/tracking/eventKind.ts';

/** A recorded writing session: see test/fixtures/klicke/README.md. */
export interface RecordedSession {
  readonly session: string;
  readonly dt_ms: readonly number[];
  readonly kind: string;
  readonly sizes: readonly (readonly [index: number, inserted: number, deleted: number])[];
}

export interface RecordedReport {
  /** Readings with a score beside 0-100 or a feature beside +-3. */
  readonly unsound: number;
  readonly flowChangesPerHour: number;
  readonly shares: ReadonlyMap<FlowState, number>;
}

const startMs = Date.UTC(2024, 0, 8, 9);
const stepsPerHour = 240;
const blockChars = 8;

/** How real typing without labels is read: is every reading sound, and do states hold still? */
export function judgeRecorded(sessions: readonly RecordedSession[]): RecordedReport {
  const counts = new Map<FlowState, number>();
  let unsound = 0;
  let changes = 0;
  let steps = 0;
  let activeSteps = 0;
  for (const session of sessions) {
    let wasInFlow = false;
    const stream = new ReplayStream((_, { state, score, features }) => {
      steps++;
      activeSteps += state === 'away' ? 0 : 1;
      counts.set(state, (counts.get(state) ?? 0) + 1);
      const isInFlow = state === 'inFlow';
      changes += isInFlow === wasInFlow ? 0 : 1;
      wasInFlow = isInFlow;
      const isSound =
        (score === undefined || (score >= 0 && score <= 100)) &&
        (features?.every((value) => Math.abs(value) <= 3) ?? true);
      unsound += isSound ? 0 : 1;
    });
    for (const event of eventsOf(session)) {
      stream.push(event);
    }
    stream.finish();
  }
  return {
    unsound,
    flowChangesPerHour: (changes * stepsPerHour) / activeSteps,
    shares: new Map([...counts].map(([state, count]) => [state, count / steps])),
  };
}

/** As scripts/klicke.mjs turns them into lines. */
export function* eventsOf({
  dt_ms: intervals,
  kind,
  sizes,
}: RecordedSession): Generator<ReplayEvent> {
  const sizeAt = new Map(sizes.map(([index, inserted, deleted]) => [index, { inserted, deleted }]));
  let wallMs = startMs;
  for (const [index, intervalMs] of intervals.entries()) {
    wallMs += intervalMs;
    const { inserted, deleted } = sizeAt.get(index) ?? { inserted: 1, deleted: 1 };
    const event = { I: typed(inserted), R: replaced(inserted) }[kind[index] ?? ''];
    if (event !== undefined) {
      yield { wallMs, kind: event, chars: inserted };
    } else if (kind[index] === 'P' || kind[index] === 'M') {
      yield { wallMs, kind: EventKind.block, chars: inserted };
    } else if (kind[index] === 'D') {
      yield { wallMs, kind: EventKind.delete, chars: deleted };
    } else if (kind[index] === 'C') {
      yield { wallMs, kind: EventKind.navigate, chars: 1 };
    }
  }
}

function typed(chars: number): EventKind {
  if (chars >= blockChars) {
    return EventKind.block;
  }
  return chars > 1 ? EventKind.unknown : EventKind.insert;
}

function replaced(chars: number): EventKind {
  return chars >= blockChars ? EventKind.block : EventKind.replace;
}
