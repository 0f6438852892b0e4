import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EndedSession } from '../../readings/focusReading.ts';
import { formatCount, formatPercent } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

type SessionScore = NonNullable<EndedSession['score']>;
type ScoreContribution = SessionScore['contributions'][number];

/** How a session earned its score: each term's number, its points of those it could give, and the rule. */
@customElement('millrace-focus-score-table')
export class FocusScoreTable extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      table {
        width: 100%;
        font-size: 0.923em;
      }
      th,
      td {
        padding: 2px 0;
        line-height: 18px;
        vertical-align: top;
      }
      th {
        padding-inline-end: 12px;
      }
      th div {
        color: var(--muted);
        font-size: 0.917em;
        line-height: 15px;
      }
      .bar {
        width: 36%;
      }
      .points {
        width: 1%;
        padding-inline-start: 12px;
        text-align: end;
        white-space: nowrap;
      }
      svg {
        display: block;
        width: 100%;
        height: 18px;
      }
      .could {
        fill: var(--grid);
      }
      .earned {
        fill: var(--flow);
      }
      p {
        margin-top: 6px;
      }
      @container (max-width: 247px) {
        .bar {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor score: SessionScore | undefined;

  override render(): TemplateResult | typeof nothing {
    const score = this.score;
    if (score === undefined) {
      return nothing;
    }
    const most = Math.max(1, ...score.contributions.map(({ ofPoints }) => ofPoints));
    return html`<table>
        <caption class="sr">
          ${text('focus.terms')}
        </caption>
        <thead class="sr">
          <tr>
            <th scope="col">${text('why.feature')}</th>
            <td class="bar"></td>
            <th scope="col">${text('why.points')}</th>
          </tr>
        </thead>
        <tbody>
          ${score.contributions.map((contribution) => termRow(contribution, most))}
        </tbody>
      </table>
      <p class="small muted">${text('focus.rule')}</p>`;
  }
}

function termRow(contribution: ScoreContribution, most: number): TemplateResult {
  const { input, points, ofPoints } = contribution;
  // As long as the points that the term can give, against the one that gives the most.
  return html`<tr title=${text(`focus.term.${input}.more`)}>
    <th scope="row">
      ${text(`focus.term.${input}`)}
      <div>${valueWords(contribution)}</div>
    </th>
    <td class="bar">
      <svg aria-hidden="true">
        ${svg`<rect class="could" y="6" width="${(ofPoints / most) * 100}%" height="6" rx="1"></rect>
          <rect class="earned" y="6" width="${(points / most) * 100}%" height="6" rx="1"></rect>`}
      </svg>
    </td>
    <td class="points">
      ${text('focus.points', { points: formatCount(points), of: formatCount(ofPoints) })}
    </td>
  </tr>`;
}

function valueWords({ input, value }: ScoreContribution): string {
  switch (input) {
    case 'completion':
      return text('focus.value.completion', { percent: formatPercent(value) });
    case 'engagement':
      return text('focus.value.engagement', { percent: formatPercent(value) });
    case 'steadiness':
      return text('focus.value.steadiness', { count: formatCount(value) });
    case 'restraint':
      return text('focus.value.restraint', { count: formatCount(value) });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-score-table': FocusScoreTable;
  }
}
