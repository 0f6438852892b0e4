import {
  Chart,
  Filler,
  LineController,
  LineElement,
  LinearScale,
  PointElement,
  type ChartConfiguration,
  type ChartDataset,
} from 'chart.js';

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler);

/** The score of one minute with its likely range, at the minute's middle. */
export interface CurvePoint {
  readonly atMs: number;
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

export interface CurveData {
  readonly startMs: number;
  readonly endMs: number;
  /** Ascending. */
  readonly points: readonly CurvePoint[];
  /** Scores at which a line stands all along the day. */
  readonly marks: readonly number[];
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

interface Place {
  readonly x: number;
  readonly y: number | null;
}

/** Minutes farther apart than this are not joined: in between there was no score. */
const longestStepMs = 90_000;
/** A minute that stands alone is drawn so wide. */
const minuteMs = 60_000;

/**
 * Draws scores as a line within the band of their likely range. Lives in a file of its own, so that the library
 * behind it is fetched only where there is room for the curve.
 */
export function createCurveChart(canvas: HTMLCanvasElement): CurveChart {
  const configuration: ChartConfiguration<'line', Place[]> = {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      events: [],
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      layout: { padding: 0 },
      elements: { point: { radius: 0 }, line: { borderWidth: 0, borderJoinStyle: 'round' } },
      spanGaps: false,
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
  };
  const chart = new Chart(canvas, configuration);
  return {
    draw(data, colours) {
      const { startMs, endMs, marks } = data;
      const points = withGaps(data.points);
      const band: ChartDataset<'line', Place[]>[] = [
        // The upper bound fills down to the dataset before it, which is the lower one.
        { data: points.map(({ atMs, low }) => ({ x: atMs, y: low })), fill: false, order: 1 },
        {
          data: points.map(({ atMs, high }) => ({ x: atMs, y: high })),
          fill: '-1',
          backgroundColor: colours.area,
          order: 1,
        },
      ];
      const lines = marks.map((mark): ChartDataset<'line', Place[]> => {
        const ends = [startMs, endMs].map((x) => ({ x, y: mark }));
        return { data: ends, fill: false, borderColor: colours.grid, borderWidth: 1, order: 2 };
      });
      chart.data.datasets = [
        ...band,
        {
          data: points.map(({ atMs, score }) => ({ x: atMs, y: score })),
          fill: false,
          borderColor: colours.line,
          borderWidth: 1.5,
          // The least is drawn last, over the others.
          order: 0,
        },
        ...lines,
      ];
      chart.options.scales = {
        x: { type: 'linear', display: false, min: startMs, max: endMs },
        y: { type: 'linear', display: false, min: 0, max: 100 },
      };
      chart.update('none');
    },
    destroy() {
      chart.destroy();
    },
  };
}

type GappedPoint = Readonly<Record<'score' | 'low' | 'high', number | null>> & {
  readonly atMs: number;
};

/** The points with an empty one wherever the line breaks; a point alone becomes a short stretch. */
function withGaps(points: readonly CurvePoint[]): readonly GappedPoint[] {
  return points.flatMap((point, index): GappedPoint[] => {
    const before = points[index - 1];
    const after = points[index + 1];
    const opens = before === undefined || point.atMs - before.atMs > longestStepMs;
    const closes = after === undefined || after.atMs - point.atMs > longestStepMs;
    const gap = { atMs: point.atMs + minuteMs / 2, score: null, low: null, high: null };
    const drawn =
      opens && closes
        ? [
            { ...point, atMs: point.atMs - minuteMs / 2 },
            { ...point, atMs: point.atMs + minuteMs / 2 },
          ]
        : [point];
    return closes ? [...drawn, gap] : drawn;
  });
}
