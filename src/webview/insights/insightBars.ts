import { css, html, nothing, svg, type TemplateResult } from 'lit';

/** Tables whose numbers are drawn as bars beside them. */

export const insightBarStyles = css`
  .bars {
    margin-bottom: 8px;
  }
  .bars .drawn {
    width: 46%;
    padding-inline-end: 8px;
  }
  .bars .drawn svg {
    display: block;
    width: 100%;
    height: 20px;
    overflow: visible;
  }
  .bars tbody th,
  .bars tbody td {
    border-bottom: 0;
  }
  .bars tbody th,
  .bars tbody .number {
    white-space: nowrap;
  }
  .bars.wrapped {
    table-layout: fixed;
  }
  .bars.wrapped th {
    overflow-wrap: anywhere;
    white-space: normal;
  }
  .bars.wrapped tbody th {
    line-height: 18px;
  }
  .bars.wrapped tr > :nth-child(2) {
    width: 28%;
  }
  .bars.wrapped tr > :nth-child(n + 3) {
    width: 19%;
  }
  .bars thead th {
    white-space: normal;
    vertical-align: bottom;
  }
  .track {
    fill: var(--grid);
  }
  .value {
    fill: var(--axis);
  }
  .value.chosen {
    fill: var(--flow);
  }
  .band {
    fill: var(--grid);
  }
  .edge {
    stroke: var(--axis);
    stroke-dasharray: 2 2;
  }
  .tick {
    stroke: var(--fg);
    stroke-width: 2;
  }
  .chosen {
    font-weight: 600;
  }
`;

/** A row of a {@link barTable}. */
export interface Bar {
  readonly label: string;
  /** 0-1, the length of the bar. */
  readonly share: number;
  readonly values: readonly string[];
  readonly isChosen?: boolean;
  /** 0-1, where a tick stands: what is usual. */
  readonly tick?: number | null;
}

/** What is usual, as shares of the length of a bar. */
interface Band {
  readonly low: number;
  readonly high: number;
}

/** A table with a bar in each row. @param columns heads of the label and of each value */
export function barTable(
  columns: readonly string[],
  rows: readonly Bar[],
  caption: string,
  {
    band,
    isWrapped = false,
  }: { readonly band?: Band | undefined; readonly isWrapped?: boolean } = {},
): TemplateResult {
  const [first, ...others] = columns;
  return html`<table class="data bars ${isWrapped ? 'wrapped' : ''}">
    <caption class="sr">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${first}</th>
        <td></td>
        ${others.map((column) => html`<th scope="col" class="number">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <th scope="row" class=${row.isChosen === true ? 'chosen' : ''}>${row.label}</th>
            <td class="drawn">${drawBar(row, band)}</td>
            ${row.values.map(
              (value, index) =>
                html`<td class="number ${row.isChosen === true && index === 0 ? 'chosen' : ''}">
                  ${value}
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function drawBar({ share, isChosen, tick }: Bar, band: Band | undefined): TemplateResult {
  const percent = (part: number): string => `${Math.min(1, Math.max(0, part)) * 100}%`;
  const ground =
    band === undefined
      ? svg`<rect class="track" y="8" width="100%" height="4" rx="2"></rect>`
      : svg`<rect class="band" x=${percent(band.low)} width=${percent(band.high - band.low)} height="20"></rect>
          <line class="edge" x1=${percent(band.low)} x2=${percent(band.low)} y1="0" y2="20"></line>
          <line class="edge" x1=${percent(band.high)} x2=${percent(band.high)} y1="0" y2="20"></line>`;
  return html`<svg aria-hidden="true">
    ${ground}
    ${
      share > 0
        ? svg`<rect class="value ${isChosen === true ? 'chosen' : ''}" y="6" width=${percent(share)} height="8" rx="2"></rect>`
        : nothing
    }
    ${
      tick === undefined || tick === null
        ? nothing
        : svg`<line class="tick" x1=${percent(tick)} x2=${percent(tick)} y1="3" y2="17"></line>`
    }
  </svg>`;
}
