import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { WeekReading } from '../../readings/weekReading.ts';
import { formatClockDuration, formatDayName, formatShortDuration } from '../shared/format.ts';
import { patternStyles } from '../shared/patterns.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

const floorY = 112;
/** Highest a bar or box may reach; above it stands the day's time. */
const topY = 22;
const halfBar = 8;
const halfBox = 14;
const shortestScaleSeconds = 3600;

type WeekDay = WeekReading['days'][number];

/** How today compares with what is usual for its weekday; never whether that is good. */
export function todayAgainstUsual(week: WeekReading): string {
  const today = week.days.at(-1);
  if (today?.usual === null || today === undefined) {
    return text('week.noUsual');
  }
  const focused = today.inFlowSeconds + today.steadySeconds;
  if (focused < today.usual.lowSeconds) {
    return text('week.below');
  }
  return text(focused > today.usual.highSeconds ? 'week.above' : 'week.within');
}

/** Focused time of seven days, each before the box of what is usual for its weekday. */
@customElement('millrace-week-bars')
export class WeekBars extends LitElement {
  static override readonly styles = [
    sharedStyles,
    patternStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .bars {
        display: block;
        width: 100%;
        height: 136px;
        overflow: visible;
      }
      .bars text {
        fill: var(--muted);
        font-size: 11px;
        text-anchor: middle;
      }
      .bars .value {
        fill: var(--fg);
      }
      .bars .today {
        fill: var(--fg);
        font-weight: 600;
      }
      .box {
        fill: var(--grid);
      }
      .edge {
        stroke: var(--axis);
        stroke-dasharray: 2 2;
      }
      .floor {
        stroke: var(--axis);
      }
      .open {
        stroke-dasharray: 3 2;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin-top: 8px;
        color: var(--muted);
        font-size: 0.846em;
      }
      .key li {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .key svg {
        flex: none;
        width: 14px;
        height: 12px;
      }
      .number:not(:last-child) {
        white-space: nowrap;
      }
      @container (max-width: 247px) {
        .bars .value,
        .bars text {
          font-size: 10px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor week: WeekReading | undefined;
  @property({ attribute: false }) accessor asTable = false;

  override render(): TemplateResult | typeof nothing {
    const week = this.week;
    if (week === undefined) {
      return nothing;
    }
    return html`<h3 class="sub" id="title">
        ${text('week.focused')} <span class="muted">${todayAgainstUsual(week)}</span>
      </h3>
      ${this.asTable ? table(week) : chart(week)}`;
  }
}

function chart({ days }: WeekReading): TemplateResult {
  const highest = Math.max(
    shortestScaleSeconds,
    ...days.map((day) =>
      Math.max(day.inFlowSeconds + day.steadySeconds, day.usual?.highSeconds ?? 0),
    ),
  );
  const y = (seconds: number): number => floorY - (seconds / highest) * (floorY - topY);
  return html`<svg class="bars" role="img" aria-label=${text('week.label')}>
      ${days.map((day, index) => drawDay(day, ((index + 0.5) / days.length) * 100, y, index === days.length - 1))}
      <line class="floor" x1="0" x2="100%" y1=${floorY + 0.5} y2=${floorY + 0.5}></line>
    </svg>
    <ul class="key" aria-label=${text('week.key')}>
      <li>
        <svg aria-hidden="true"><rect class="fill-inFlow" width="14" height="12"></rect></svg
        >${text('week.inFlow')}
      </li>
      <li>
        <svg aria-hidden="true">
          <rect class="fill-steady" width="14" height="12"></rect>
          <line class="cap" x1="0" x2="14" y1="1" y2="1"></line></svg
        >${text('week.steady')}
      </li>
      <li>
        <svg aria-hidden="true">
          <rect class="box" width="14" height="12"></rect>
          <line class="edge" x1="0" x2="14" y1=".5" y2=".5"></line>
          <line class="edge" x1="0" x2="14" y1="11.5" y2="11.5"></line></svg
        >${text('week.usual')}
      </li>
    </ul>`;
}

function drawDay(
  day: WeekDay,
  x: number,
  y: (seconds: number) => number,
  isToday: boolean,
): TemplateResult {
  const focused = day.inFlowSeconds + day.steadySeconds;
  const top = y(focused);
  const flowTop = y(day.inFlowSeconds);
  const boxTop = day.usual === null ? floorY : y(day.usual.highSeconds);
  const value = focused === 0 ? '–' : formatClockDuration(focused * 1000);
  const bar =
    focused === 0
      ? nothing
      : svg`<rect class="fill-steady" x=${-halfBar} y=${top} width=${2 * halfBar} height=${flowTop - top}></rect>
          <rect class="fill-inFlow" x=${-halfBar} y=${flowTop} width=${2 * halfBar} height=${floorY - flowTop}></rect>
          <line class="cap ${isToday ? 'open' : ''}" x1=${-halfBar} x2=${halfBar} y1=${top} y2=${top}></line>`;
  return svg`<svg x="${x}%" overflow="visible">
    ${drawBox(day.usual, y)} ${bar}
    <text class="value" y=${Math.min(top, boxTop) - 5}>${value}</text>
    <text class=${isToday ? 'today' : ''} y=${floorY + 17}>${isToday ? text('week.today') : formatDayName(day.day)}</text>
  </svg>`;
}

function drawBox(
  usual: WeekDay['usual'],
  y: (seconds: number) => number,
): TemplateResult | typeof nothing {
  if (usual === null || usual.highSeconds === 0) {
    return nothing;
  }
  const [top, bottom] = [y(usual.highSeconds), y(usual.lowSeconds)];
  const edge = (at: number): TemplateResult =>
    svg`<line class="edge" x1=${-halfBox} x2=${halfBox} y1=${at} y2=${at}></line>`;
  return svg`<rect class="box" x=${-halfBox} y=${top} width=${2 * halfBox} height=${bottom - top} rx="2"></rect>
    ${edge(top)} ${bottom < floorY ? edge(bottom) : nothing}`;
}

function table({ days }: WeekReading): TemplateResult {
  return html`<table class="data" aria-labelledby="title">
    <thead>
      <tr>
        <th scope="col">${text('week.day')}</th>
        <th scope="col" class="number">${text('week.focusedColumn')}</th>
        <th scope="col" class="number">${text('week.inFlowColumn')}</th>
        <th scope="col" class="number">${text('week.usualColumn')}</th>
      </tr>
    </thead>
    <tbody>
      ${days.map(
        (day, index) =>
          html`<tr>
            <th scope="row">
              ${index === days.length - 1 ? text('week.today') : formatDayName(day.day)}
            </th>
            <td class="number">
              ${formatShortDuration((day.inFlowSeconds + day.steadySeconds) * 1000)}
            </td>
            <td class="number">${formatShortDuration(day.inFlowSeconds * 1000)}</td>
            <td class="number">${usualWords(day)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function usualWords({ usual }: WeekDay): string {
  return usual === null
    ? '–'
    : text('week.range', {
        low: formatClockDuration(usual.lowSeconds * 1000),
        high: formatClockDuration(usual.highSeconds * 1000),
      });
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-week-bars': WeekBars;
  }
}
