import type { FlowReading } from '../../flow/flowReading.ts';
import { enterProbability, leaveProbability } from '../../flow/flowRules.ts';
import type { DashboardState, ReadingState } from '../../protocol/dashboard.ts';
import type { DayReading } from '../../readings/dayReading.ts';
import type { NowReading } from '../../readings/nowReading.ts';
import type { VaultReading } from '../../readings/vaultReading.ts';
import type { InsightsReading } from '../../readings/insightsReading.ts';
import { unknownPast, type PastReading } from '../../readings/pastReading.ts';

/** What is usual for a person is their own after about two hours of scored time. */
const baselineMinutesNeeded = 120;

export interface Moment {
  readonly wallMs: number;
  readonly zoneOffsetMinutes: number;
  readonly focused: boolean;
}

/** Puts together the whole state that the dashboard draws. Copies everything: a reading is written over. */
export function composeDashboardState(
  reading: FlowReading,
  moment: Moment,
  today: DayReading | undefined,
  readingState: ReadingState,
  past: PastReading | undefined,
  insights: InsightsReading | undefined,
  vault: VaultReading,
  askedMs: number | undefined,
): DashboardState {
  return {
    now: nowStateOf(reading, moment),
    today: today ?? null,
    reading: readingState,
    thresholds: { enter: 100 * enterProbability, leave: 100 * leaveProbability },
    vault,
    zoneOffsetMinutes: moment.zoneOffsetMinutes,
    atMs: moment.wallMs,
    ...(past ?? unknownPast),
    insights: insights ?? null,
    askedMs: askedMs ?? null,
  };
}

function nowStateOf(reading: FlowReading, moment: Moment): NowReading {
  const { evidence, usual } = reading;
  return {
    state: reading.state,
    sinceMs: moment.wallMs - reading.stateMs,
    spellMs: reading.spellMs,
    inFlowMs: reading.inFlowMs,
    score: reading.score ?? null,
    low: reading.low ?? null,
    high: reading.high ?? null,
    confidence: reading.confidence,
    usual: { score: usual.score, low: usual.low, high: usual.high },
    baselineMinutes: reading.baselineMinutes,
    baselineMinutesNeeded,
    contributions: reading.contributions.map(({ feature, points }) => ({ feature, points })),
    evidence: {
      edits: evidence.edits,
      editsNeeded: evidence.editsNeeded,
      typedChars: evidence.typedChars,
      blockChars: evidence.blockChars,
      unknownChars: evidence.unknownChars,
      navigations: evidence.navigations,
      blurs: evidence.blurs,
      lastEditMs:
        evidence.sinceLastEditMs === undefined ? null : moment.wallMs - evidence.sinceLastEditMs,
      focused: moment.focused,
      ...(evidence.isUntold === true && { untold: true }),
    },
  };
}
