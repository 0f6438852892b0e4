import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BestHoursReading } from '../../readings/bestHoursReading.ts';
import { findBestBlock, isInBlock, shareOf, type Block } from './bestBlock.ts';
import { formatClockHour, formatCount, formatPercent, formatWeekday } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

const weekdays = [0, 1, 2, 3, 4, 5, 6];
/** Hours that are shown in any case: an ordinary working day. */
const earliestShown = 8;
const latestShown = 18;
/** Columns up to which there is room for a label every three hours, in the narrowest view. */
const mostSpaced = 14;
/** The share of all columns that a label takes there. */
const labelShare = 0.14;
/** Lower bounds of the share for the second, third and fourth size. */
const sizeBounds = [0.125, 0.22, 0.34];

type Hour = BestHoursReading['hours'][number];

/** The hours of the week by share of active time in flow: a table in both of its faces. */
@customElement('millrace-best-hours')
export class BestHours extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .heat {
        width: 100%;
        table-layout: fixed;
      }
      .heat th {
        color: var(--muted);
        font-size: 11px;
        line-height: 14px;
      }
      .heat thead th {
        height: 16px;
        overflow: visible;
        text-align: center;
        white-space: nowrap;
      }
      /* Longer than its column, it would stick out at the end. */
      .heat .end {
        float: inline-end;
      }
      .heat tr > :first-child {
        width: 30px;
      }
      .heat td {
        position: relative;
        height: 15px;
        padding: 1px;
      }
      .mark {
        display: block;
        height: 13px;
        border-radius: 2px;
        background: var(--flow);
        forced-color-adjust: none;
      }
      .size0 .mark {
        width: 3px;
        height: 3px;
        margin: 5px auto;
        border-radius: 50%;
        background: var(--axis);
      }
      .size1 .mark {
        opacity: var(--heat-1);
        transform: scale(0.34, 0.36);
      }
      .size2 .mark {
        opacity: var(--heat-2);
        transform: scale(0.58, 0.6);
      }
      .size3 .mark {
        transform: scale(0.8, 0.82);
      }
      .best::after {
        position: absolute;
        inset: -1px;
        border: 0 solid var(--fg);
        content: '';
        pointer-events: none;
      }
      .top::after {
        border-top-width: 1px;
      }
      .bottom::after {
        border-bottom-width: 1px;
      }
      .left::after {
        border-left-width: 1px;
      }
      .right::after {
        border-right-width: 1px;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin-top: 8px;
        color: var(--muted);
        font-size: 0.846em;
      }
      .key span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .key svg {
        width: 44px;
        height: 12px;
      }
      .key circle {
        fill: var(--axis);
      }
      .key rect {
        fill: var(--flow);
      }
      .numbers {
        table-layout: fixed;
      }
      .numbers th {
        white-space: nowrap;
      }
      .numbers tr > :first-child {
        width: 44px;
      }
      .numbers td.chosen {
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) accessor bestHours: BestHoursReading | undefined;
  @property({ attribute: false }) accessor asTable = false;

  override render(): TemplateResult | typeof nothing {
    const state = this.bestHours;
    if (state === undefined) {
      return nothing;
    }
    const cells = new Map(state.hours.map((hour) => [`${hour.weekday} ${hour.hour}`, hour]));
    const block = findBestBlock(state.hours);
    const hours = shownHours(state.hours);
    return html`<h3 class="sub" id="title">
        ${text('best.title')} <span class="muted">${summary(state, block)}</span>
      </h3>
      ${this.asTable ? numbers(hours, cells, block) : heat(hours, cells, block)}`;
  }
}

function shownHours(all: readonly Hour[]): readonly number[] {
  const known = all.filter(({ activeSeconds }) => activeSeconds > 0).map(({ hour }) => hour);
  const first = Math.min(earliestShown, ...known);
  const last = Math.max(latestShown, ...known);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function summary(state: BestHoursReading, block: Block | undefined): string {
  const weeks = formatCount(state.weeks);
  if (block === undefined) {
    return text('best.none', { weeks });
  }
  const first = formatWeekday(block.firstWeekday);
  const values = {
    first,
    last: formatWeekday(block.lastWeekday),
    from: formatClockHour(block.firstHour),
    to: formatClockHour((block.lastHour + 1) % 24),
    weeks,
  };
  return block.firstWeekday === block.lastWeekday
    ? text('best.blockOneDay', { day: first, from: values.from, to: values.to, weeks })
    : text('best.block', values);
}

/** The outline of the best block, drawn by the cells on its edge. */
function edges(block: Block | undefined, weekday: number, hour: number): string {
  if (!isInBlock(block, weekday, hour)) {
    return '';
  }
  const sides = [
    weekday === block.firstWeekday ? 'top' : '',
    weekday === block.lastWeekday ? 'bottom' : '',
    hour === block.firstHour ? 'left' : '',
    hour === block.lastHour ? 'right' : '',
  ];
  return `best ${sides.join(' ')}`;
}

function sizeOf(share: number | undefined): number {
  return share === undefined ? 0 : 1 + sizeBounds.filter((bound) => share >= bound).length;
}

type Cells = ReadonlyMap<string, Hour>;

function words(share: number | undefined): string {
  return share === undefined ? text('best.tooLittle') : formatPercent(share);
}

/** How an hour stands over its column: many columns leave room for every sixth hour only, few for every third. */
function labelClass(hour: number, index: number, count: number): string {
  if (hour % (count > mostSpaced ? 6 : 3) !== 0) {
    return 'sr';
  }
  return (count - index) / count < labelShare ? 'end' : '';
}

function heat(hours: readonly number[], cells: Cells, block: Block | undefined): TemplateResult {
  return html`<table class="heat" aria-labelledby="title">
      <thead>
        <tr>
          <td></td>
          ${hours.map(
            (hour, index) =>
              html`<th scope="col">
                <span class=${labelClass(hour, index, hours.length)}>${formatClockHour(hour)}</span>
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${weekdays.map(
          (weekday) =>
            html`<tr>
              <th scope="row">${formatWeekday(weekday)}</th>
              ${hours.map((hour) => {
                const share = shareOf(cells.get(`${weekday} ${hour}`));
                return html`<td class="size${sizeOf(share)} ${edges(block, weekday, hour)}">
                  <i class="mark" aria-hidden="true"></i><span class="sr">${words(share)}</span>
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="key">
      <span
        >${text('best.less')}<svg aria-hidden="true">
          <circle cx="3" cy="6" r="1.5"></circle>
          <rect x="9" y="4" width="4" height="4" rx="1"></rect>
          <rect x="17" y="3" width="6" height="6" rx="1"></rect>
          <rect x="28" y="1" width="10" height="10" rx="2"></rect></svg
        >${text('best.more')}</span
      >
      <span>${text('best.dot')}</span>
    </p>`;
}

/** Hours down and days across, so that the numbers have room in a narrow view. */
function numbers(hours: readonly number[], cells: Cells, block: Block | undefined): TemplateResult {
  return html`<table class="data numbers" aria-labelledby="title">
    <thead>
      <tr>
        <th scope="col">${text('best.hour')}</th>
        ${weekdays.map((weekday) => html`<th scope="col" class="number">${formatWeekday(weekday)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${hours.map(
        (hour) =>
          html`<tr>
            <th scope="row">${formatClockHour(hour)}</th>
            ${weekdays.map((weekday) => {
              const share = shareOf(cells.get(`${weekday} ${hour}`));
              return html`<td class="number ${isInBlock(block, weekday, hour) ? 'chosen' : ''}">
                ${
                  share === undefined
                    ? html`<span aria-hidden="true">–</span
                        ><span class="sr">${text('best.tooLittle')}</span>`
                    : html`${formatCount(share * 100)}<span class="sr">%</span>`
                }
              </td>`;
            })}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-best-hours': BestHours;
  }
}
