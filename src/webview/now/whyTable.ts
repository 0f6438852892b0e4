import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FeatureName } from '../../facts/flow.ts';
import type { NowState } from '../../readings/nowReading.ts';
import { formatCount, formatPoints } from '../shared/format.ts';
import { barTableStyles } from './barTableStyles.ts';
import { roundParts } from './roundParts.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** Half of the chart's width, in points; larger parts stretch the scale. */
const halfScalePoints = 20;

interface Part {
  readonly feature: FeatureName;
  readonly points: number;
}

/** Five signed parts that add up to the score minus what is usual. */
@customElement('millrace-why')
export class WhyTable extends LitElement {
  static override readonly styles = [
    sharedStyles,
    barTableStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .up {
        fill: var(--flow);
      }
      .down {
        fill: var(--against);
      }
      .zero {
        stroke: var(--axis);
      }
      .base {
        stroke: var(--grid);
        stroke-dasharray: 1 3;
      }
      @container (max-width: 312px) {
        .most {
          display: none;
        }
      }
      @container (max-width: 247px) {
        th {
          padding-inline-end: 8px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor now: NowState | undefined;

  override render(): TemplateResult | typeof nothing {
    const now = this.now;
    if (now === undefined || now.score === null || now.parts.length === 0) {
      return nothing;
    }
    const usual = Math.round(now.usual.score);
    const difference = Math.round(now.score) - usual;
    const rounded = roundParts(
      now.parts.map(({ points }) => points),
      difference,
    );
    const parts = now.parts.map(({ feature }, index) => ({ feature, points: rounded[index] ?? 0 }));
    const scale = Math.max(halfScalePoints, ...parts.map(({ points }) => Math.abs(points)));
    return html`<h3 class="sub">
        ${text('why.title')}
        <span class="muted">${comparison(now, difference, usual)}${mostly(parts, difference)}</span>
      </h3>
      <table>
        <caption class="sr">
          ${text('why.caption', { usual: formatCount(usual) })}
        </caption>
        <thead class="sr">
          <tr>
            <th scope="col">${text('why.part')}</th>
            <td></td>
            <th scope="col">${text('why.points')}</th>
          </tr>
        </thead>
        <tbody>
          ${parts.map((part) => row(part, scale))}
        </tbody>
      </table>`;
  }
}

function comparison(now: NowState, difference: number, usual: number): string {
  const values = { points: formatCount(Math.abs(difference)), usual: formatCount(usual) };
  const isOwn = now.baselineMinutes >= now.baselineMinutesNeeded;
  if (difference === 0) {
    return text(isOwn ? 'why.same' : 'why.sameTypical', { usual: values.usual });
  }
  if (difference > 0) {
    return text(isOwn ? 'why.above' : 'why.aboveTypical', values);
  }
  return text(isOwn ? 'why.below' : 'why.belowTypical', values);
}

/** Names the part that carries most of a difference worth explaining. */
function mostly(parts: readonly Part[], difference: number): TemplateResult | typeof nothing {
  const sign = Math.sign(difference);
  const most = parts.reduce<Part | undefined>(
    (best, part) => (part.points * sign > (best?.points ?? 0) * sign ? part : best),
    undefined,
  );
  if (most === undefined || Math.abs(difference) < 3) {
    return nothing;
  }
  return html`<span class="most"
    >${text('why.mostly', { part: text(`part.${most.feature}.inline`) })}</span
  >`;
}

function row({ feature, points }: Part, scale: number): TemplateResult {
  const width = (Math.abs(points) / scale) * 50;
  const bar =
    points === 0
      ? nothing
      : svg`<rect class=${points > 0 ? 'up' : 'down'} x="${points > 0 ? 50 : 50 - width}%" y="6" width="${width}%" height="8" rx="1"></rect>`;
  return html`<tr title=${text(`part.${feature}.more`)}>
    <th scope="row">${text(`part.${feature}`)}</th>
    <td class="bar">
      <svg aria-hidden="true">
        <line class="base" x1="0" x2="100%" y1="10" y2="10"></line>
        ${bar}
        <line class="zero" x1="50%" x2="50%" y1="0" y2="20"></line>
      </svg>
    </td>
    <td class="value">${formatPoints(points)}</td>
  </tr>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-why': WhyTable;
  }
}
