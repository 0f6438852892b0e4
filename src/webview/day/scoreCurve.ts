import { LitElement, css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { likelyRange } from '../../facts/likelyRange.ts';
import type { DayReading } from '../../readings/dayReading.ts';
import type { ThresholdState } from '../../protocol/dashboard.ts';
import type { CurveChart, CurveColours, CurvePoint } from './curveChart.ts';
import { dayScale } from './dayScale.ts';
import { formatCount, formatTime } from '../shared/format.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { zoneOffsetAt } from '../shared/zone.ts';

/** Width of the element from which there is room for the curve (a dashboard of 600 px). */
const widthNeeded = 552;

const minuteMs = 60_000;

/** The score over the day, where there is room for it; the day's table is its other face. */
@customElement('millrace-score-curve')
export class ScoreCurve extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      .sub {
        margin: 12px 0 4px;
      }
      .plot {
        position: relative;
        height: 84px;
      }
      .marks {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        overflow: visible;
      }
      text {
        fill: var(--muted);
        font-size: 11px;
      }
      .colour {
        display: none;
      }
      .line {
        color: var(--flow);
      }
      .area {
        color: var(--flow-low);
      }
      .grid {
        color: var(--grid);
      }
    `,
  ];

  @property({ attribute: false }) accessor day: DayReading | undefined;
  /** The scores at which engagement is entered and left. */
  @property({ attribute: false }) accessor thresholds: ThresholdState | undefined;
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  #isWide = false;
  #chart: CurveChart | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #sizes: ResizeObserver | undefined;
  #theme: MutationObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(() => {
      const isWide = this.clientWidth >= widthNeeded;
      if (isWide !== this.#isWide) {
        this.#isWide = isWide;
        this.requestUpdate();
      }
    });
    this.#sizes.observe(this);
    // VS Code tells a theme by the body's class and the root's variables; a canvas doesn't follow by itself.
    this.#theme = new MutationObserver(() => {
      this.#draw();
    });
    this.#theme.observe(document.body, { attributeFilter: ['class'] });
    this.#theme.observe(document.documentElement, { attributeFilter: ['style'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    this.#theme?.disconnect();
    this.#drop();
  }

  override render(): TemplateResult | typeof nothing {
    const { day } = this;
    if (day === undefined || !this.#isWide || (day.scores ?? []).length === 0) {
      return nothing;
    }
    return html`<h3 class="sub">
        ${text('curve.title')} <span class="muted">${text('curve.more')}</span>
      </h3>
      <div class="plot">
        <canvas role="img" aria-label=${this.#label(day)}></canvas>
        <svg class="marks" aria-hidden="true">
          ${this.#marks().map(
            ([score, words]) =>
              svg`<text x="100%" y="${100 - score}%" dy="-4" text-anchor="end">${words}</text>`,
          )}
        </svg>
      </div>
      <span class="colour line"></span><span class="colour area"></span
      ><span class="colour grid"></span>`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas') ?? undefined;
    if (canvas !== this.#canvas) {
      this.#drop();
      this.#canvas = canvas;
      if (canvas !== undefined) {
        void this.#open(canvas);
      }
    }
    this.#draw();
  }

  /** Fetches the library and draws, unless the canvas has gone meanwhile. */
  async #open(canvas: HTMLCanvasElement): Promise<void> {
    const { createCurveChart } = await import('./curveChart.ts');
    if (this.#canvas === canvas && this.isConnected) {
      this.#chart = createCurveChart(canvas);
      this.#draw();
    }
  }

  #drop(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#canvas = undefined;
  }

  #draw(): void {
    const day = this.day;
    if (this.#chart === undefined || day === undefined) {
      return;
    }
    const { startMs, endMs } = dayScale(day, this.atMs, this.zoneOffsetMinutes);
    const marks = this.#marks().map(([score]) => score);
    this.#chart.draw({ startMs, endMs, points: pointsOf(day), marks }, this.#colours());
  }

  #colours(): CurveColours {
    const colour = (name: string): string => {
      const probe = this.renderRoot.querySelector(`.${name}`);
      return probe === null ? '' : getComputedStyle(probe).color;
    };
    return { line: colour('line'), area: colour('area'), grid: colour('grid') };
  }

  /** The thresholds with their words. */
  #marks(): readonly (readonly [number, string])[] {
    const { thresholds } = this;
    return thresholds === undefined
      ? []
      : [
          [thresholds.enter, text('curve.enters', { score: formatCount(thresholds.enter) })],
          [thresholds.leave, text('curve.leaves', { score: formatCount(thresholds.leave) })],
        ];
  }

  #label(day: DayReading): string {
    const points = pointsOf(day);
    const [first] = points;
    if (first === undefined) {
      return text('curve.title');
    }
    const best = points.reduce((top, point) => (point.score > top.score ? point : top), first);
    const lowest = points.reduce((low, { score }) => Math.min(low, score), 100);
    return text('curve.label', {
      low: formatCount(lowest),
      high: formatCount(best.score),
      time: formatTime(best.atMs, zoneOffsetAt(day, best.atMs, this.zoneOffsetMinutes)),
    });
  }
}

/** The day's scores, each with its likely range, in the middle of its minute. */
function pointsOf(day: DayReading): readonly CurvePoint[] {
  return (day.scores ?? []).map(([minutes, score, confidence]) => ({
    atMs: day.startMs + (minutes + 0.5) * minuteMs,
    score,
    ...likelyRange(score, confidence),
  }));
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-score-curve': ScoreCurve;
  }
}
