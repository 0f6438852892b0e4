import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { featureNames, type FeatureName, type ScoreContribution } from '../../facts/flow.ts';
import type { NowReading } from '../../readings/nowReading.ts';
import { formatCount, formatPoints } from '../shared/format.ts';
import { barTableStyles } from './barTableStyles.ts';
import { roundToTotal } from './roundToTotal.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** Half of the chart's width, in points; larger contributions stretch the scale. */
const halfScalePoints = 20;

/** Signed contributions that add up to the score minus what is usual, and which features there is too little to tell of. */
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

  @property({ attribute: false }) accessor now: NowReading | undefined;

  override render(): TemplateResult | typeof nothing {
    const now = this.now;
    if (now === undefined || now.score === null || now.contributions.length === 0) {
      return nothing;
    }
    const usual = Math.round(now.usual.score);
    const difference = Math.round(now.score) - usual;
    const rounded = roundToTotal(
      now.contributions.map(({ points }) => points),
      difference,
    );
    const contributions = now.contributions.map(({ feature }, index) => ({
      feature,
      points: rounded[index] ?? 0,
    }));
    const unknown = featureNames.filter((name) =>
      contributions.every(({ feature }) => feature !== name),
    );
    const scale = Math.max(halfScalePoints, ...contributions.map(({ points }) => Math.abs(points)));
    return html`<h3 class="sub">
        ${text('why.title')}
        <span class="muted"
          >${comparison(now, difference, usual)}${mostly(contributions, difference)}</span
        >
      </h3>
      <table>
        <caption class="sr">
          ${text('why.caption', { usual: formatCount(usual) })}
        </caption>
        <thead class="sr">
          <tr>
            <th scope="col">${text('why.feature')}</th>
            <td></td>
            <th scope="col">${text('why.points')}</th>
          </tr>
        </thead>
        <tbody>
          ${contributions.map((contribution) => row(contribution, scale))}${unknown.map(unknownRow)}
        </tbody>
      </table>`;
  }
}

function comparison(now: NowReading, difference: number, usual: number): string {
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

/** Names the feature that carries most of a difference worth explaining. */
function mostly(
  contributions: readonly ScoreContribution[],
  difference: number,
): TemplateResult | typeof nothing {
  const sign = Math.sign(difference);
  const most = contributions.reduce<ScoreContribution | undefined>(
    (best, one) => (one.points * sign > (best?.points ?? 0) * sign ? one : best),
    undefined,
  );
  if (most === undefined || Math.abs(difference) < 3) {
    return nothing;
  }
  return html`<span class="most"
    >${text('why.mostly', { feature: text(`feature.${most.feature}.inline`) })}</span
  >`;
}

function row({ feature, points }: ScoreContribution, scale: number): TemplateResult {
  const width = (Math.abs(points) / scale) * 50;
  const bar =
    points === 0
      ? nothing
      : svg`<rect class=${points > 0 ? 'up' : 'down'} x="${points > 0 ? 50 : 50 - width}%" y="6" width="${width}%" height="8" rx="1"></rect>`;
  return html`<tr title=${text(`feature.${feature}.more`)}>
    <th scope="row">${text(`feature.${feature}`)}</th>
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

function unknownRow(feature: FeatureName): TemplateResult {
  return html`<tr title=${text(`feature.${feature}.more`)}>
    <th scope="row">${text(`feature.${feature}`)}</th>
    <td class="muted" colspan="2">${text('why.unknown')}</td>
  </tr>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-why': WhyTable;
  }
}
