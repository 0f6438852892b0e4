import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { NowReading } from '../../readings/nowReading.ts';
import { formatAgo, formatCount, formatPercent, formatTime } from '../shared/format.ts';
import { patternDefinitions, patternStyles } from '../shared/patterns.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { barTableStyles } from './barTableStyles.ts';

/** Why there is no score: what was seen instead. */
@customElement('millrace-evidence')
export class EvidenceTable extends LitElement {
  static override readonly styles = [
    sharedStyles,
    patternStyles,
    barTableStyles,
    css`
      .track {
        fill: var(--grid);
      }
      .neutral {
        fill: var(--axis);
      }
      @container (max-width: 247px) {
        th {
          width: 45%;
          padding-inline-end: 8px;
          white-space: normal;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor now: NowReading | undefined;
  /** When the snapshot was taken. */
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;

  override render(): TemplateResult | typeof nothing {
    const rows = this.#rows();
    if (rows.length === 0) {
      return nothing;
    }
    return html`${patternDefinitions()}
      <h3 class="sub">${text('why.title')}</h3>
      <table>
        <caption class="sr">
          ${text('evidence.caption')}
        </caption>
        <tbody>
          ${rows}
        </tbody>
      </table>`;
  }

  #rows(): readonly TemplateResult[] {
    const now = this.now;
    if (now === undefined) {
      return [];
    }
    const { evidence } = now;
    switch (now.state) {
      case 'building':
      case 'steady':
      case 'inFlow':
      case 'paused':
        return [];
      case 'unknown':
        return [
          barRow(
            text('evidence.edits'),
            evidence.editsNeeded === 0 ? 0 : evidence.edits / evidence.editsNeeded,
            text('evidence.editsValue', {
              edits: formatCount(evidence.edits),
              needed: formatCount(evidence.editsNeeded),
            }),
          ),
          this.#lastEdit(),
        ];
      case 'assisted': {
        const all = evidence.typedChars + evidence.blockChars + evidence.unknownChars;
        const share = (chars: number): number => (all === 0 ? 0 : chars / all);
        const shareRow = (label: string, chars: number, isInserted = false): TemplateResult =>
          barRow(label, share(chars), formatPercent(share(chars)), isInserted);
        return [
          shareRow(text('evidence.typed'), evidence.typedChars),
          shareRow(text('evidence.inserted'), evidence.blockChars, true),
          shareRow(text('evidence.cannotTell'), evidence.unknownChars),
        ];
      }
      case 'reading':
        return [
          this.#window(),
          factRow(
            text('evidence.cursorMoves'),
            text('evidence.cursorMovesValue', { count: formatCount(evidence.navigations) }),
          ),
          this.#lastEdit(),
        ];
      case 'away':
        return [this.#window(), this.#lastEdit(true)];
    }
  }

  #window(): TemplateResult {
    const focused = this.now?.evidence.focused === true;
    return factRow(
      text('evidence.window'),
      text(focused ? 'evidence.inFront' : 'evidence.notInFront'),
    );
  }

  #lastEdit(asTime = false): TemplateResult {
    const lastEditMs = this.now?.evidence.lastEditMs ?? null;
    const value =
      lastEditMs === null
        ? text('evidence.none')
        : asTime
          ? formatTime(lastEditMs, this.zoneOffsetMinutes)
          : formatAgo(this.atMs - lastEditMs);
    return factRow(text('evidence.lastEdit'), value);
  }
}

function factRow(label: string, value: string): TemplateResult {
  return html`<tr>
    <th scope="row">${label}</th>
    <td class="value" colspan="2">${value}</td>
  </tr>`;
}

function barRow(
  label: string,
  fraction: number,
  value: string,
  isInserted = false,
): TemplateResult {
  const width = Math.min(1, Math.max(0, fraction)) * 100;
  const bar = isInserted
    ? svg`<rect class="fill-assisted" x="0" y="6" width="${width}%" height="8"></rect>
        <line class="cap cap-assisted" x1="0" x2="${width}%" y1="7" y2="7"></line>`
    : svg`<rect class="neutral" x="0" y="8" width="${width}%" height="4" rx="2"></rect>`;
  return html`<tr>
    <th scope="row">${label}</th>
    <td class="bar">
      <svg aria-hidden="true">
        <rect class="track" x="0" y="8" width="100%" height="4" rx="2"></rect>
        ${bar}
      </svg>
    </td>
    <td class="value">${value}</td>
  </tr>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-evidence': EvidenceTable;
  }
}
