import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayReading, SpanReading } from '../../readings/dayReading.ts';
import { dayScale, type DayScale } from './dayScale.ts';
import { drawBracket, type FocusSpan } from './focusSpans.ts';
import { drawCut, drawInterruption, drawOutline, drawSpan, floorY } from './ribbonSpans.ts';
import { formatCount, formatDuration, formatHour, formatTime } from '../shared/format.ts';
import { patternDefinitions, patternStyles } from '../shared/patterns.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { zoneOffsetAt } from '../shared/zone.ts';

/** A day without anything needs no height. */
const emptyFloorY = 24;
/** Percent of the axis within which an hour's label would stick out, were it centred. */
const nearEdge = 6;

/** Told when the person looks at a stretch of the day, or at none (`undefined`). */
export class SpanEvent extends Event {
  static readonly type = 'millrace-span';
  readonly span: SpanReading | undefined;

  constructor(span: SpanReading | undefined) {
    super(SpanEvent.type, { bubbles: true, composed: true });
    this.span = span;
  }
}

/** "11:31 to 12:02, In flow, score 76". */
export function describeSpan(
  span: SpanReading,
  day: DayReading,
  zoneOffsetMinutes: number,
): string {
  const time = (wallMs: number): string =>
    formatTime(wallMs, zoneOffsetAt(day, wallMs, zoneOffsetMinutes));
  const values = {
    start: time(span.startMs),
    end: time(span.endMs),
    state: text(`state.${span.state}`),
  };
  return span.score === null
    ? text('ribbon.span', values)
    : text('ribbon.spanScore', { ...values, score: formatCount(span.score) });
}

/** The day as a band of states; pointer or arrow keys read it out stretch by stretch. */
@customElement('millrace-day-ribbon')
export class DayRibbon extends LitElement {
  static override readonly styles = [
    sharedStyles,
    patternStyles,
    css`
      :host {
        position: relative;
        container-type: inline-size;
      }
      svg.ribbon {
        display: block;
        width: 100%;
        height: 92px;
        overflow: visible;
      }
      .floor {
        stroke: var(--axis);
      }
      .empty .floor {
        stroke-dasharray: 2 3;
      }
      .hour {
        stroke: var(--grid);
      }
      text {
        fill: var(--muted);
        font-size: 11px;
      }
      .cut {
        stroke: var(--bg);
      }
      .present {
        stroke: var(--fg);
      }
      .interruption {
        fill: var(--against);
      }
      .bracket {
        stroke: var(--plan);
        stroke-width: 1.5;
      }
      .chosen {
        fill: none;
        stroke: var(--fg);
        stroke-width: 1.5;
      }
      .cursor {
        position: absolute;
        inset: 0 0 20px;
        border-radius: 2px;
      }
      svg.ribbon.empty {
        height: 52px;
      }
      @container (max-width: 247px) {
        .spare {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor day: DayReading | undefined;
  /** Focus sessions of the day: brackets over it. */
  @property({ attribute: false }) accessor focusSpans: readonly FocusSpan[] = [];
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  /** Index of the stretch that is read out. */
  #chosen: number | undefined;

  override render(): TemplateResult | typeof nothing {
    const day = this.day;
    if (day === undefined) {
      return nothing;
    }
    const scale = dayScale(day, this.atMs, this.zoneOffsetMinutes);
    const spans = day.spans.filter(({ endMs, startMs }) => endMs > startMs);
    const isEmpty = spans.length === 0;
    const bottom = isEmpty ? emptyFloorY : floorY;
    const chosen = this.#chosen === undefined ? undefined : spans[this.#chosen];
    return html`${patternDefinitions()}
      <svg class="ribbon ${isEmpty ? 'empty' : ''}" role="img" aria-label=${this.#label(day)}>
        ${this.#hours(day, scale, bottom)} ${spans.map((span) => drawSpan(span, scale))}
        ${spans.map((span, index) => drawCut(spans[index - 1], span, scale))}
        <line class="floor" x1="0" x2="100%" y1=${bottom + 0.5} y2=${bottom + 0.5}></line>
        ${(day.interruptionsAtMs ?? []).map((atMs) => drawInterruption(scale.percent(atMs)))}
        ${isEmpty ? nothing : this.focusSpans.map((span) => drawBracket(span, scale))}
        ${isEmpty ? nothing : this.#present(scale)}
        ${chosen === undefined ? nothing : drawOutline(chosen, scale)}
      </svg>
      ${isEmpty ? nothing : this.#cursor(day, spans, scale)}`;
  }

  #time(day: DayReading, wallMs: number): string {
    return formatTime(wallMs, zoneOffsetAt(day, wallMs, this.zoneOffsetMinutes));
  }

  #label(day: DayReading): string {
    const first = day.spans[0];
    const last = day.spans.at(-1);
    if (first === undefined || last === undefined) {
      return text('today.nothingRecorded');
    }
    const label = text('ribbon.label', {
      start: this.#time(day, first.startMs),
      end: this.#time(day, last.endMs),
      inFlow: formatDuration((day.seconds.inFlow ?? 0) * 1000),
      steady: formatDuration((day.seconds.steady ?? 0) * 1000),
      interruptions:
        day.interruptions === 1
          ? text('ribbon.oneInterruption')
          : text('ribbon.interruptions', { count: formatCount(day.interruptions) }),
    });
    const { length } = this.focusSpans;
    return length === 0
      ? label
      : `${label} ${text('ribbon.focusSessions', { count: formatCount(length) })}`;
  }

  #hours(day: DayReading, scale: DayScale, bottom: number): readonly TemplateResult[] {
    // Half of the day is named where it changes, whether or not the spare labels can be seen.
    let lastPeriod = '';
    let lastLastingPeriod = '';
    return scale.hours.map(({ atMs, label }) => {
      const x = scale.percent(atMs);
      const anchor = x < nearEdge ? 'start' : x > 100 - nearEdge ? 'end' : 'middle';
      const length = label === 'none' ? 4 : 6;
      const tick = svg`<line class="hour" x1="${x}%" x2="${x}%" y1=${bottom} y2=${bottom + length}></line>`;
      if (label === 'none') {
        return tick;
      }
      const { hour, dayPeriod } = formatHour(atMs, zoneOffsetAt(day, atMs, this.zoneOffsetMinutes));
      const isNamed =
        dayPeriod !== lastPeriod || (label === 'always' && dayPeriod !== lastLastingPeriod);
      const words = isNamed ? `${hour} ${dayPeriod}` : hour;
      lastPeriod = dayPeriod;
      lastLastingPeriod = label === 'always' ? dayPeriod : lastLastingPeriod;
      return svg`${tick}<text class=${label} x="${x}%" y=${bottom + 23} text-anchor=${anchor}>${words}</text>`;
    });
  }

  #present(scale: DayScale): TemplateResult | typeof nothing {
    if (this.atMs < scale.startMs || this.atMs > scale.endMs) {
      return nothing;
    }
    const x = scale.percent(this.atMs);
    return svg`<line class="present" x1="${x}%" x2="${x}%" y1="10" y2=${floorY}></line>`;
  }

  /** A slider to assistive technology: arrows move it, and its value is the stretch in words. */
  #cursor(day: DayReading, spans: readonly SpanReading[], scale: DayScale): TemplateResult {
    const span = this.#chosen === undefined ? undefined : spans[this.#chosen];
    const choose = (index: number | undefined): void => {
      if (index !== this.#chosen) {
        this.#chosen = index;
        this.requestUpdate();
        this.dispatchEvent(new SpanEvent(index === undefined ? undefined : spans[index]));
      }
    };
    const point = (event: PointerEvent): void => {
      if (!(event.currentTarget instanceof Element)) {
        return;
      }
      const box = event.currentTarget.getBoundingClientRect();
      const wallMs =
        scale.startMs + ((event.clientX - box.left) / box.width) * (scale.endMs - scale.startMs);
      const index = spans.findIndex(({ startMs, endMs }) => startMs <= wallMs && wallMs < endMs);
      choose(index < 0 ? undefined : index);
    };
    const press = (event: KeyboardEvent): void => {
      const next = nextIndex(event.key, this.#chosen, spans.length);
      if (next !== undefined) {
        event.preventDefault();
        choose(next === 'none' ? undefined : next);
      }
    };
    return html`<div
      class="cursor"
      role="slider"
      tabindex="0"
      aria-label=${text('ribbon.cursor')}
      aria-valuemin="1"
      aria-valuemax=${spans.length}
      aria-valuenow=${(this.#chosen ?? spans.length - 1) + 1}
      aria-valuetext=${span === undefined ? text('ribbon.start') : describeSpan(span, day, this.zoneOffsetMinutes)}
      @pointermove=${point}
      @pointerleave=${() => {
        choose(undefined);
      }}
      @blur=${() => {
        choose(undefined);
      }}
      @keydown=${press}
    ></div>`;
  }
}

/** Where a key leads: another stretch, none (Escape), or `undefined` when the key is not ours. */
function nextIndex(
  key: string,
  chosen: number | undefined,
  count: number,
): number | 'none' | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return chosen === undefined ? count - 1 : Math.min(count - 1, chosen + 1);
    case 'ArrowLeft':
    case 'ArrowDown':
      return chosen === undefined ? count - 1 : Math.max(0, chosen - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'Escape':
      return 'none';
    default:
      return undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-day-ribbon': DayRibbon;
  }
}
