import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { InsightsReading } from '../../readings/insightsReading.ts';
import { formatCount } from '../shared/format.ts';
import './insightCard.ts';
import {
  breakEvidence,
  evidenceStyles,
  focusedEvidence,
  hoursEvidence,
  recoveryEvidence,
  spellEvidence,
} from './insightEvidence.ts';
import {
  bestHoursWords,
  breakWords,
  focusedWords,
  recoveryWords,
  spellWords,
  type InsightWords,
} from './insightWords.ts';
import '../shared/pane.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';

/** What the record shows of one's own habits, each statement with what it rests on. Nothing without a reading. */
@customElement('millrace-insights')
export class InsightsPane extends LitElement {
  static override readonly styles = [
    sharedStyles,
    evidenceStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .all {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .foot {
        margin-top: 16px;
        text-wrap: pretty;
      }
      @container (min-width: 600px) {
        .all {
          grid-template-columns: repeat(2, minmax(0, 1fr));
          align-items: start;
          gap: 20px 48px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor insights: InsightsReading | null | undefined;
  @property({ attribute: false }) accessor open = false;
  /** Whether all evidence is shown to begin with. */
  @property({ attribute: false }) accessor evidenceOpen = false;

  override render(): TemplateResult | typeof nothing {
    const { insights } = this;
    if (!insights) {
      return nothing;
    }
    const weeks = formatCount(insights.weeks);
    return html`<millrace-pane
      heading=${text('insights.title')}
      summary=${text('insights.summary', { weeks })}
      mark=${markOf(insights)}
      ?open=${this.open}
      .preference=${'insightsOpen'}
    >
      <div class="all">${cards(insights, this.evidenceOpen)}</div>
      <p class="foot small muted">
        ${text('insights.foot', { weeks, days: formatCount(insights.recordedDays) })}
      </p>
    </millrace-pane>`;
  }
}

function markOf({ demo, imported }: InsightsReading): string {
  return [demo ? text('demo.mark') : '', imported ? text('insights.imported') : '']
    .filter(Boolean)
    .join(', ');
}

function cards(insights: InsightsReading, isOpen: boolean): readonly TemplateResult[] {
  const { bestHours, spellLength, beforeBreaks, recovery, focusedTime } = insights;
  return [
    card(
      text('insights.focused.title'),
      focusedTime,
      focusedWords(focusedTime),
      () => focusedEvidence(focusedTime),
      isOpen,
    ),
    card(
      text('insights.hours.title'),
      bestHours,
      bestHoursWords(bestHours),
      () => hoursEvidence(bestHours),
      isOpen,
    ),
    card(
      text('insights.spells.title'),
      spellLength,
      spellWords(spellLength),
      () => spellEvidence(spellLength),
      isOpen,
    ),
    card(
      text('insights.breaks.title'),
      beforeBreaks,
      breakWords(beforeBreaks),
      () => breakEvidence(beforeBreaks),
      isOpen,
    ),
    card(
      text('insights.recovery.title'),
      recovery,
      recoveryWords(recovery),
      () => recoveryEvidence(recovery),
      isOpen,
    ),
  ];
}

function card(
  heading: string,
  { basis }: Pick<InsightsReading['spellLength'], 'basis'>,
  { says, more }: InsightWords,
  evidence: () => TemplateResult,
  isOpen: boolean,
): TemplateResult {
  return html`<millrace-insight
    heading=${heading}
    says=${says}
    more=${more}
    ?pending=${basis.have < basis.need}
    ?founded=${basis.have > 0}
    ?open=${isOpen}
    >${basis.have > 0 ? evidence() : nothing}</millrace-insight
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-insights': InsightsPane;
  }
}
