import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FlowState } from '../../facts/flow.ts';
import type { DayReading } from '../../readings/dayReading.ts';
import type { FocusSpan } from './focusSpans.ts';
import { formatCount, formatShortDuration } from '../shared/format.ts';
import { patternDefinitions, patternStyles } from '../shared/patterns.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** Tops of the swatches: as in the ribbon, height tells depth. */
const legendStates: readonly (readonly [state: FlowState, top: number])[] = [
  ['inFlow', 1],
  ['steady', 4],
  ['building', 8],
  ['reading', 2],
  ['assisted', 2],
  ['unknown', 2],
];

/** What the ribbon's fills mean, with the time in each. */
@customElement('millrace-day-legend')
export class DayLegend extends LitElement {
  static override readonly styles = [
    sharedStyles,
    patternStyles,
    css`
      :host {
        container-type: inline-size;
      }
      ul {
        display: grid;
        grid-auto-columns: 1fr;
        grid-auto-flow: column;
        grid-template-rows: repeat(3, 20px);
        column-gap: 20px;
        font-size: 0.923em;
      }
      ul.marked {
        grid-template-rows: repeat(4, 20px);
      }
      li {
        display: flex;
        align-items: center;
        gap: 8px;
        line-height: 20px;
        white-space: nowrap;
      }
      li svg {
        flex: none;
        width: 14px;
        height: 14px;
      }
      .time {
        margin-inline-start: auto;
      }
      .bracket {
        fill: none;
        stroke: var(--plan);
        stroke-width: 1.5;
      }
      .interruption {
        fill: var(--against);
      }
      @container (max-width: 247px) {
        ul,
        ul.marked {
          grid-auto-flow: row;
          grid-template-columns: 1fr;
          grid-template-rows: none;
        }
      }
      @container (min-width: 552px) {
        ul,
        ul.marked {
          display: flex;
          flex-wrap: wrap;
          gap: 0 24px;
        }
        .time {
          margin-inline-start: 0;
          color: var(--muted);
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor day: DayReading | undefined;
  @property({ attribute: false }) accessor focusSpans: readonly FocusSpan[] = [];

  override render(): TemplateResult | typeof nothing {
    const day = this.day;
    if (day === undefined) {
      return nothing;
    }
    const hasInterruptions = (day.interruptionsAtMs?.length ?? 0) > 0;
    const sessions = this.focusSpans.length;
    const marked = hasInterruptions || sessions > 0;
    return html`${patternDefinitions()}
      <ul class=${marked ? 'marked' : ''} aria-label=${text('today.legend')}>
        ${legendStates.map(([state, top]) => entry(day, state, top))}
        ${
          sessions > 0
            ? html`<li>
                <svg aria-hidden="true">
                  <path class="bracket" d="M1 7h12M1 3.5v7M13 3.5v7"></path>
                </svg>
                <span>${text('focus.legend')}</span>
                <span class="time">${formatCount(sessions)}</span>
              </li>`
            : nothing
        }
        ${
          hasInterruptions
            ? html`<li>
                <svg aria-hidden="true"><path class="interruption" d="M7 3l4 7H3z"></path></svg>
                <span>${text('today.interruptionsLegend')}</span>
                <span class="time">${formatCount(day.interruptions)}</span>
              </li>`
            : nothing
        }
      </ul>`;
  }
}

function entry(day: DayReading, state: FlowState, top: number): TemplateResult {
  return html`<li>
    <svg aria-hidden="true">
      ${svg`<rect class="fill-${state}" x="1" y=${top} width="12" height=${14 - top}></rect>
        <line class="cap cap-${state}" x1="1" x2="13" y1=${top + 1} y2=${top + 1}></line>`}
    </svg>
    <span>${text(`state.${state}`)}</span>
    <span class="time">${formatShortDuration((day.seconds[state] ?? 0) * 1000)}</span>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-day-legend': DayLegend;
  }
}
