import * as Plot from '@observablehq/plot';
import { linearRegression } from 'simple-statistics';
import { type Drawing, legendDrawing, marks, plotDrawing, stacked, textDrawing } from '../drawing.js';
import type { FigureOf } from '../figure-view.js';
import { seriesColour, seriesSymbol } from '../themes.js';
import { architectureName, signed } from '../wording.js';
import { axisX, axisY, percentTick } from './axes.js';

const symbolPaths: Record<string, string> = {
  circle: 'M15,6A4,4 0 1 1 7,6A4,4 0 1 1 15,6Z',
  square: 'M7.5,2.5H14.5V9.5H7.5Z',
  triangle: 'M11,1L15.5,9.5H6.5Z',
  diamond: 'M11,0.5L15,6L11,11.5L7,6Z',
  star: 'M11,0L12.4,4.2L16.8,4.2L13.3,6.8L14.6,11L11,8.4L7.4,11L8.7,6.8L5.2,4.2L9.6,4.2Z',
  cross: 'M9.5,1.5H12.5V4.5H15.5V7.5H12.5V10.5H9.5V7.5H6.5V4.5H9.5Z',
  wye: 'M9.5,6L6,3.5L8,1.5L11,4L14,1.5L16,3.5L12.5,6V11H9.5Z',
};

/** Accuracy after training on the synthesised set against the transfer rate, one mark a model, with the regression line. */
export function transferChart(figure: FigureOf<'transfer'>): Drawing | null {
  const { rows, pearson, spearman, chance } = figure;
  if (rows.length === 0) return null;
  const architectures = [...new Set(rows.map((row) => row.training.architecture))];
  const points = rows.map(({ training, transferRate, accuracy }) => ({
    series: architectures.indexOf(training.architecture),
    x: 100 * transferRate.value,
    y: 100 * accuracy.accuracy,
    xs: transferRate.ci95.map((end) => 100 * end),
    ys: accuracy.ci95.map((end) => 100 * end),
  }));
  const chart = plotDrawing({
    height: 380,
    marginLeft: 62,
    marginRight: 20,
    marginBottom: 46,
    x: { nice: true },
    y: { nice: true },
    marks: [
      ...axisX({ label: 'transfer rate from the source model', tickFormat: percentTick, ticks: 6 }),
      ...axisY({ label: 'accuracy on the original test set', tickFormat: percentTick, ticks: 6 }),
      Plot.ruleY([100 * chance], { stroke: 'var(--ink)', strokeDasharray: '3,3', strokeWidth: 1.25 }),
      Plot.line(regression(points), { x: 'x', y: 'y', stroke: 'var(--muted)', strokeWidth: 1.5 }),
      Plot.link(points, {
        x1: ({ xs }) => xs[0],
        x2: ({ xs }) => xs[1],
        y1: 'y',
        y2: 'y',
        stroke: ({ series }) => seriesColour(series),
        strokeOpacity: 0.55,
      }),
      Plot.link(points, {
        x1: 'x',
        x2: 'x',
        y1: ({ ys }) => ys[0],
        y2: ({ ys }) => ys[1],
        stroke: ({ series }) => seriesColour(series),
        strokeOpacity: 0.55,
      }),
      ...architectures.map((_, series) =>
        Plot.dot(
          points.filter((point) => point.series === series),
          {
            x: 'x',
            y: 'y',
            symbol: seriesSymbol(series),
            r: 5.5,
            fill: seriesColour(series),
            stroke: 'var(--card)',
            strokeWidth: 1,
          },
        ),
      ),
    ],
  });
  const legend = legendDrawing([
    ...architectures.map((name, series) => ({
      label: architectureName(name),
      mark: `<path d="${symbolPaths[seriesSymbol(series)]}" fill="${seriesColour(series)}"/>`,
    })),
    { label: `chance (${percentTick(100 * chance)})`, mark: marks.chance },
  ]);
  const said = [
    ...(pearson ? [`Pearson ${correlationText(pearson)}`] : []),
    ...(spearman ? [`Spearman ${correlationText(spearman)}`] : []),
    `n = ${rows.length} models (95 % bootstrap intervals)`,
  ].join(' · ');
  return stacked([legend, textDrawing(said, { colour: 'var(--ink)' }), chart], 6);
}

const correlationText = ({ coefficient, ci95 }: NonNullable<FigureOf<'transfer'>['pearson']>) =>
  `${signed(coefficient)} [${signed(ci95[0])}, ${signed(ci95[1])}]`;

/** Two points of the least-squares line, at the lowest and highest x. */
function regression(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const [low, high] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  if (points.length < 3 || low === high) return [];
  const { m, b } = linearRegression(points.map(({ x, y }) => [x, y]));
  return [low, high].map((x) => ({ x, y: m * x + b }));
}
