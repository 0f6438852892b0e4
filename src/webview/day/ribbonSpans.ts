import { nothing, svg, type TemplateResult } from 'lit';
import type { FlowState } from '../../facts/flow.ts';
import type { SpanReading } from '../../readings/dayReading.ts';
import type { DayScale } from './dayScale.ts';

/** How the ribbon draws the stretches of a day. */

/** Where the stretches stand, in pixels from the top. */
export const floorY = 64;
/** Height tells depth: the second cue beside the shade of green. Away and paused are gaps. */
const heights: Readonly<Record<FlowState, number>> = {
  unknown: 10,
  building: 18,
  steady: 31,
  inFlow: 44,
  assisted: 18,
  reading: 18,
  away: 0,
  paused: 0,
};
/** Narrower neighbours, in percent of the axis, would vanish under a line between them. */
const narrowestCut = 0.8;

/** A stretch in its state's height and filling; nothing where it is a gap, or has no width. */
export function drawSpan(span: SpanReading, scale: DayScale): TemplateResult | typeof nothing {
  const height = heights[span.state];
  const from = scale.percent(span.startMs);
  const to = scale.percent(span.endMs);
  if (height === 0 || to <= from) {
    return nothing;
  }
  const top = floorY - height;
  return svg`<rect class="fill-${span.state}" x="${from}%" y=${top} width="${to - from}%" height=${height}></rect>
    <line class="cap cap-${span.state}" x1="${from}%" x2="${to}%" y1=${top + 1} y2=${top + 1}></line>`;
}

/** The line between two neighbours, unless one of them would vanish under it. */
export function drawCut(
  before: SpanReading | undefined,
  span: SpanReading,
  scale: DayScale,
): TemplateResult | typeof nothing {
  if (before?.endMs !== span.startMs) {
    return nothing;
  }
  const width = ({ startMs, endMs }: SpanReading): number =>
    scale.percent(endMs) - scale.percent(startMs);
  if (Math.min(width(before), width(span)) < narrowestCut) {
    return nothing;
  }
  const x = scale.percent(span.startMs);
  const top = floorY - Math.max(heights[before.state], heights[span.state]);
  return svg`<line class="cut" x1="${x}%" x2="${x}%" y1=${top} y2=${floorY}></line>`;
}

/** A mark below the floor. @param x percent of the axis */
export function drawInterruption(x: number): TemplateResult {
  return svg`<svg x="${x}%" overflow="visible"><path class="interruption" d="M0 67l4 7h-8z"></path></svg>`;
}

/** A frame around the stretch that is read out. */
export function drawOutline(span: SpanReading, scale: DayScale): TemplateResult {
  const x = scale.percent(span.startMs);
  const top = floorY - Math.max(heights[span.state], 4) - 3;
  return svg`<rect class="chosen" x="${x}%" y=${top} width="${Math.max(0.4, scale.percent(span.endMs) - x)}%" height=${floorY - top} rx="1"></rect>`;
}
