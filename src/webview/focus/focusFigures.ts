import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading } from '../../readings/dayReading.ts';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import type { FocusReading, FocusTotals } from '../../readings/focusReading.ts';
import './focusEnded.ts';
import { formatCount, formatShortDuration } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** What sessions came to today and this week, and how each of today earned its score. */
@customElement('millrace-focus-figures')
export class FocusFigures extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .sub {
        margin-bottom: 2px;
      }
      thead th {
        font-weight: 400;
      }
      tbody th {
        color: var(--muted);
      }
      table {
        max-width: 560px;
      }
      @container (min-width: 248px) {
        td {
          white-space: nowrap;
        }
      }
      millrace-focus-ended {
        margin-top: 12px;
      }
    `,
  ];

  @property({ attribute: false }) accessor focusState: FocusReading | undefined;
  @property({ attribute: false }) accessor condition: VaultCondition = 'starting';
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  /** The local time of today, where it changed. */
  @property({ attribute: false }) accessor zones: DayReading['zones'];
  /** The parts of the last session's score are shown without a press. */
  @property({ attribute: false }) accessor partsOpen = false;

  override render(): TemplateResult {
    const today = this.focusState?.today ?? null;
    const week = this.focusState?.week ?? null;
    const title = html`<h3 class="sub" id="title">${text('focus.figures')}</h3>`;
    if (today === null || week === null) {
      const isOpening = this.condition === 'starting' || this.condition === 'ready';
      return html`${title}
        <p class="small muted" aria-busy=${isOpening}>${unknownFigures(this.condition)}</p>`;
    }
    const row = (name: string, value: (totals: FocusTotals) => string): TemplateResult =>
      html`<tr>
        <th scope="row">${name}</th>
        <td class="number">${value(today)}</td>
        <td class="number">${value(week)}</td>
      </tr>`;
    return html`${title}
      <table class="data" aria-labelledby="title">
        <thead>
          <tr>
            <td></td>
            <th scope="col" class="number">${text('focus.today')}</th>
            <th scope="col" class="number">${text('focus.week')}</th>
          </tr>
        </thead>
        <tbody>
          ${row(text('focus.count'), ({ sessions }) => formatCount(sessions))}
          ${row(text('focus.completed'), ({ completed }) => formatCount(completed))}
          ${row(text('focus.time'), ({ focusMs }) => formatShortDuration(focusMs))}
          ${row(text('focus.breaks'), ({ breaks }) => formatCount(breaks))}
          ${row(text('focus.meanScore'), ({ meanScore }) =>
            meanScore === null ? '–' : formatCount(meanScore),
          )}
        </tbody>
      </table>
      <millrace-focus-ended
        .ended=${today.ended}
        .zoneOffsetMinutes=${this.zoneOffsetMinutes}
        .zones=${this.zones}
        .partsOpen=${this.partsOpen}
      ></millrace-focus-ended>`;
  }
}

function unknownFigures(condition: VaultCondition): string {
  switch (condition) {
    case 'locked':
      return text('focus.figuresLocked');
    case 'untrusted':
    case 'damaged':
    case 'unusable':
      return text('focus.figuresUnreadable');
    case 'starting':
    case 'ready':
    case 'unwritable':
      return text('focus.figuresStarting');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-figures': FocusFigures;
  }
}
