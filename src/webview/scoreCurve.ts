import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DayState, SpanState } from '../protocol/dashboard.ts';
import type { CurveChart, CurveColours } from './curveChart.ts';
import { dayScale } from './dayScale.ts';
import { formatCount, formatTime } from './format.ts';
import { sharedStyles } from './sharedStyles.ts';
import { text } from './strings.ts';
import { zoneOffsetAt } from './zone.ts';

/** Width of the element from which there is room for the curve (a dashboard of 600 px). */
const widthNeeded = 552;

type Scored = SpanState & { readonly score: number };

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

  @property({ attribute: false }) accessor day: DayState | undefined;
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
    const scored = this.#scored();
    if (day === undefined || !this.#isWide || scored.length === 0) {
      return nothing;
    }
    return html`<h3 class="sub">
        ${text('curve.title')} <span class="muted">${text('curve.more')}</span>
      </h3>
      <div class="plot"><canvas role="img" aria-label=${this.#label(day, scored)}></canvas></div>
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
    this.#chart.draw({ startMs, endMs, stretches: day.spans }, this.#colours());
  }

  #colours(): CurveColours {
    const colour = (name: string): string => {
      const probe = this.renderRoot.querySelector(`.${name}`);
      return probe === null ? '' : getComputedStyle(probe).color;
    };
    return { line: colour('line'), area: colour('area'), grid: colour('grid') };
  }

  #scored(): readonly Scored[] {
    return (this.day?.spans ?? []).filter((span): span is Scored => span.score !== null);
  }

  #label(day: DayState, scored: readonly Scored[]): string {
    const time = (wallMs: number): string =>
      formatTime(wallMs, zoneOffsetAt(day, wallMs, this.zoneOffsetMinutes));
    const best = scored.reduce((top, span) => (span.score > top.score ? span : top));
    const scores = scored.map(({ score }) => score);
    return text('curve.label', {
      low: formatCount(Math.min(...scores)),
      high: formatCount(Math.max(...scores)),
      start: time(best.startMs),
      end: time(best.endMs),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-score-curve': ScoreCurve;
  }
}
