import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { NowReading } from '../../readings/nowReading.ts';
import { formatCount } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { surenessWords } from './surenessWords.ts';

/** The score on its scale, with the range in which it likely lies and the range that is usual. */
@customElement('millrace-score-meter')
export class ScoreMeter extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      svg {
        display: block;
        width: 100%;
        height: 34px;
        margin: 10px 0 6px;
        overflow: visible;
      }
      .track {
        fill: var(--grid);
      }
      .usual {
        stroke: var(--axis);
        stroke-width: 1.5;
      }
      .band {
        fill: var(--flow-mid);
      }
      .dot {
        fill: var(--flow);
        stroke: var(--bg);
        stroke-width: 2.5;
      }
      text {
        fill: var(--muted);
        font-size: 11px;
      }
    `,
  ];

  @property({ attribute: false }) accessor now: NowReading | undefined;

  override render(): TemplateResult | typeof nothing {
    const now = this.now;
    if (now === undefined || now.score === null) {
      return nothing;
    }
    const { score, usual } = now;
    const low = now.low ?? score;
    const high = now.high ?? score;
    const isOwn = now.baselineMinutes >= now.baselineMinutesNeeded;
    const sureness = surenessWords(now.confidence);
    const values = {
      score: formatCount(score),
      sureness: sureness.toLocaleLowerCase(),
      low: formatCount(low),
      high: formatCount(high),
      usualLow: formatCount(usual.low),
      usualHigh: formatCount(usual.high),
    };
    return html`<svg
        role="meter"
        aria-label=${text('meter.label')}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${Math.round(score)}
        aria-valuetext=${text(isOwn ? 'meter.value' : 'meter.valueTypical', values)}
      >
        <rect class="track" x="0" y="7" width="100%" height="4" rx="2"></rect>
        ${usualMark(usual.low, usual.high, text(isOwn ? 'meter.usual' : 'meter.typical'))}
        <rect
          class="band"
          x="${low}%"
          y="5"
          width="${Math.max(0, high - low)}%"
          height="8"
          rx="4"
        ></rect>
        <svg x="${score}%" overflow="visible">
          <circle class="dot" cx="0" cy="9" r="7"></circle>
        </svg>
      </svg>
      <p class="small muted">
        ${text('sure.line', { sureness, low: formatCount(low), high: formatCount(high) })}
      </p>`;
  }
}

/** A bracket under the scale, with its name kept inside the picture. */
function usualMark(low: number, high: number, label: string): TemplateResult {
  const middle = (low + high) / 2;
  const anchor = middle < 14 ? 'start' : middle > 86 ? 'end' : 'middle';
  const x = anchor === 'start' ? low : anchor === 'end' ? high : middle;
  return svg`<line class="usual" x1="${low}%" x2="${high}%" y1="19" y2="19"></line>
    <line class="usual" x1="${low}%" x2="${low}%" y1="16" y2="19.7"></line>
    <line class="usual" x1="${high}%" x2="${high}%" y1="16" y2="19.7"></line>
    <text x="${x}%" y="32" text-anchor=${anchor}>${label}</text>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-score-meter': ScoreMeter;
  }
}
