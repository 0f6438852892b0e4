import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BestHoursReading } from '../../readings/bestHoursReading.ts';
import type { WeekReading } from '../../readings/weekReading.ts';
import './bestHours.ts';
import '../shared/pane.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { tableButton } from '../shared/tableButton.ts';
import { PreferenceEvent } from '../shared/viewEvents.ts';
import { todayAgainstUsual } from './weekBars.ts';

/** The week against one's own usual, and the hours that flow came in. Absent parts are not drawn. */
@customElement('millrace-week')
export class WeekPane extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 20px;
      }
      @container (min-width: 600px) {
        .parts {
          grid-template-columns: repeat(auto-fit, minmax(250px, 1fr));
          column-gap: 48px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor week: WeekReading | null | undefined;
  @property({ attribute: false }) accessor bestHours: BestHoursReading | null | undefined;
  @property({ attribute: false }) accessor open = false;
  @property({ attribute: false }) accessor asTable = false;

  readonly #toggleTable = (): void => {
    this.dispatchEvent(new PreferenceEvent('weekTable', !this.asTable));
  };

  override render(): TemplateResult | typeof nothing {
    const { week, bestHours } = this;
    if (!week && !bestHours) {
      return nothing;
    }
    const isDemo = week?.demo === true || bestHours?.demo === true;
    return html`<millrace-pane
      heading=${text('week.title')}
      summary=${week ? todayAgainstUsual(week) : ''}
      mark=${isDemo ? text('demo.mark') : ''}
      ?open=${this.open}
      .preference=${'weekOpen'}
    >
      ${tableButton(this.asTable, this.#toggleTable)}
      <div class="parts">
        ${
          week
            ? html`<millrace-week-bars .week=${week} .asTable=${this.asTable}></millrace-week-bars>`
            : nothing
        }
        ${
          bestHours
            ? html`<millrace-best-hours
                .bestHours=${bestHours}
                .asTable=${this.asTable}
              ></millrace-best-hours>`
            : nothing
        }
      </div>
    </millrace-pane>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-week': WeekPane;
  }
}
