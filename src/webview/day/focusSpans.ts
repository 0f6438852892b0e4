import { svg, type TemplateResult } from 'lit';
import type { FocusReading } from '../../readings/focusReading.ts';
import type { DayScale } from './dayScale.ts';

/** A focus session on the day's axis; wall-clock milliseconds. */
export interface FocusSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly score: number | null;
}

/** Today's focus sessions, in the order of their starts: those that have ended, and the one that runs. No breaks. */
export function focusSpans(
  focus: FocusReading | null | undefined,
  atMs: number,
): readonly FocusSpan[] {
  const ended = (focus?.today?.ended ?? [])
    .filter(({ kind }) => kind !== 'break')
    .map(({ startMs, endMs, score }) => ({ startMs, endMs, score: score?.score ?? null }));
  const session = focus?.session;
  const running =
    session === null || session === undefined || session.kind === 'break'
      ? []
      : [{ startMs: session.startMs, endMs: Math.max(session.startMs, atMs), score: null }];
  return [...ended, ...running].sort((one, other) => one.startMs - other.startMs);
}

/** A bracket over the stretches that a session spans. */
export function drawBracket({ startMs, endMs }: FocusSpan, scale: DayScale): TemplateResult {
  const from = scale.percent(startMs);
  const to = Math.max(from, scale.percent(endMs));
  return svg`<g class="bracket">
    <line x1="${from}%" x2="${to}%" y1="6" y2="6"></line>
    <line x1="${from}%" x2="${from}%" y1="2.5" y2="9.5"></line>
    <line x1="${to}%" x2="${to}%" y1="2.5" y2="9.5"></line>
  </g>`;
}
