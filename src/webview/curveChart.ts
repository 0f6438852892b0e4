import {
  Chart,
  Filler,
  LineController,
  LineElement,
  LinearScale,
  PointElement,
  type ChartConfiguration,
} from 'chart.js';

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);

/** One stretch with a score; without one the line is broken. */
export interface CurveStretch {
  readonly startMs: number;
  readonly endMs: number;
  readonly score: number | null;
}

export interface CurveData {
  readonly startMs: number;
  readonly endMs: number;
  readonly stretches: readonly CurveStretch[];
}

/** Colours as computed by the page; the chart knows no theme. */
export interface CurveColours {
  readonly line: string;
  readonly area: string;
  readonly grid: string;
}

/** A chart on a canvas, to be drawn again when its data or the theme change. */
export interface CurveChart {
  draw(data: CurveData, colours: CurveColours): void;
  destroy(): void;
}

/**
 * Draws scores as steps over time. Lives in a file of its own, so that the library behind it is fetched only
 * where there is room for the curve.
 */
export function createCurveChart(canvas: HTMLCanvasElement): CurveChart {
  const configuration: ChartConfiguration<'line', { x: number; y: number | null }[]> = {
    type: 'line',
    data: { datasets: [{ data: [] }] },
    options: {
      animation: false,
      events: [],
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      // Room for the line's own width at the edges.
      layout: { padding: 0 },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: {
        x: { type: 'linear', display: false },
        y: {
          min: 0,
          max: 100,
          border: { display: false },
          ticks: { display: false, stepSize: 50 },
        },
      },
    },
  };
  const chart = new Chart(canvas, configuration);
  return {
    draw(data, colours) {
      chart.data.datasets = [
        {
          data: pointsOf(data.stretches),
          borderColor: colours.line,
          backgroundColor: colours.area,
          borderWidth: 1.5,
          fill: 'origin',
          pointRadius: 0,
          spanGaps: false,
        },
      ];
      chart.options.scales = {
        x: { type: 'linear', display: false, min: data.startMs, max: data.endMs },
        y: {
          type: 'linear',
          min: 0,
          max: 100,
          border: { display: false },
          grid: { color: colours.grid, drawTicks: false },
          ticks: { display: false, stepSize: 50 },
        },
      };
      chart.update('none');
    },
    destroy() {
      chart.destroy();
    },
  };
}

/** Both ends of every stretch, and a gap where a stretch has no score or doesn't follow at once. */
function pointsOf(stretches: readonly CurveStretch[]): { x: number; y: number | null }[] {
  const points: { x: number; y: number | null }[] = [];
  let lastEndMs: number | undefined;
  for (const { startMs, endMs, score } of stretches) {
    if (score === null) {
      continue;
    }
    if (lastEndMs !== undefined && lastEndMs !== startMs) {
      points.push({ x: lastEndMs, y: null });
    }
    points.push({ x: startMs, y: score }, { x: endMs, y: score });
    lastEndMs = endMs;
  }
  return points;
}
