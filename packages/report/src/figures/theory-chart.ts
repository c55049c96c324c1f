import * as Plot from '@observablehq/plot';
import {
  chartWidth,
  type Drawing,
  legendDrawing,
  marks,
  plotDrawing,
  stacked,
  textDrawing,
  tiled,
} from '../drawing.js';
import { seriesColour, seriesSymbol } from '../themes.js';
import { originName } from '../wording.js';
import { axisX, axisY } from './axes.js';
import { gaussianPictures } from './theory-picture.js';
import type { DimensionRow, TheoryFigure, TheoryRow } from './theory-rows.js';

const gap = 20;
const halfWidth = (chartWidth - gap) / 2;
const head = { size: 14, weight: 600 };
const block = { size: 15, weight: 600 };

/** Loss under attack, alignment angles, and the two-dimensional picture; a block a seed. */
export function theoryChart({ rows }: TheoryFigure): Drawing | null {
  const blocks = rows.map((row) =>
    stacked([textDrawing(originName(row), block), loss(row), angles(row), gaussianPictures(row)], 22),
  );
  return blocks.length === 0 ? null : stacked(blocks, 40);
}

function loss({ dimensions }: TheoryRow): Drawing {
  const panels = spread(dimensions, 4).map(lossPanel);
  const legend = legendDrawing([
    { label: 'standard', mark: marks.line('var(--series-1)') },
    { label: 'robust, fitted against that ε', mark: marks.line('var(--series-2)', '6,3') },
    { label: '± 1.96 standard errors', mark: marks.interval },
  ]);
  return stacked([textDrawing('Loss under attack', head), legend, tiled(panels, 2, gap)], 4);
}

function lossPanel({ dimension, models }: DimensionRow): Drawing {
  const standard = models.find(({ trainedAgainst }) => trainedAgainst === 'none');
  const points = (standard?.underAttack ?? []).map(({ epsilon, ballLoss }) => ({ epsilon, ...ballLoss }));
  const robust = models.flatMap(({ trainedAgainst, epsilon, underAttack }) => {
    const own = underAttack.find((attacked) => attacked.epsilon === epsilon);
    return trainedAgainst === 'ball' && own ? [{ epsilon, ...own.ballLoss }] : [];
  });
  const origin = points.filter(({ epsilon }) => epsilon === 0);
  const series = [
    { data: points, colour: 'var(--series-1)', dash: '', symbol: 'circle' },
    { data: [...origin, ...robust], colour: 'var(--series-2)', dash: '6,3', symbol: 'square' },
  ] as const;
  const n = points[0]?.n ?? 0;
  const chart = plotDrawing({
    ...{ width: halfWidth, height: 210, marginLeft: 54, marginRight: 10, marginTop: 8, marginBottom: 42 },
    y: { nice: true },
    marks: [
      ...axisX({ label: 'ε', ticks: 4 }),
      ...axisY({ label: 'loss in nats', ticks: 4 }),
      ...series.flatMap(({ data, colour, dash, symbol }) => [
        Plot.line(data, { x: 'epsilon', y: 'mean', stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
        Plot.link(data, {
          x1: 'epsilon',
          x2: 'epsilon',
          y1: (point) => point.mean - 1.96 * point.standardError,
          y2: (point) => point.mean + 1.96 * point.standardError,
          stroke: 'var(--ink)',
          strokeWidth: 1.5,
        }),
        Plot.dot(data, { x: 'epsilon', y: 'mean', fill: colour, symbol, r: 3 }),
      ]),
    ],
  });
  return stacked([
    textDrawing(`d = ${dimension}, n = ${n} draws`, { width: halfWidth, size: 12, colour: 'var(--muted)' }),
    chart,
  ]);
}

function angles({ dimensions }: TheoryRow): Drawing {
  const chosen = spread(dimensions, 6);
  const series = chosen.map(({ dimension, models }, index) => ({
    dimension,
    colour: seriesColour(index),
    symbol: seriesSymbol(index),
    lines: (['ball', 'average'] as const).map((adversary) => ({
      dash: adversary === 'ball' ? '' : '2,3',
      points: models.filter(
        ({ trainedAgainst }) => trainedAgainst === 'none' || trainedAgainst === adversary,
      ),
    })),
  }));
  const chart = plotDrawing({
    ...{ height: 280, marginLeft: 54, marginRight: 16, marginTop: 8, marginBottom: 44 },
    y: { nice: true, zero: true },
    marks: [
      ...axisX({ label: 'ε that the model was fitted against (0: standard)' }),
      ...axisY({
        label: 'angle to the class means',
        tickFormat: (value) => `${value}°`,
        ticks: 6,
      }),
      ...series.flatMap(({ colour, symbol, lines }) =>
        lines.flatMap(({ dash, points }) => [
          Plot.line(points, {
            x: 'epsilon',
            y: 'alignmentAngle',
            stroke: colour,
            strokeWidth: 2,
            strokeDasharray: dash,
          }),
          ...(dash === ''
            ? [Plot.dot(points, { x: 'epsilon', y: 'alignmentAngle', fill: colour, symbol, r: 3.5 })]
            : []),
        ]),
      ),
    ],
  });
  const legend = legendDrawing([
    ...series.map(({ dimension, colour }) => ({
      label: `d = ${dimension}`,
      mark: marks.line(colour),
    })),
    { label: 'against a ball around every x', mark: marks.line('var(--muted)') },
    { label: 'against an average budget', mark: marks.line('var(--muted)', '2,3') },
  ]);
  return stacked([textDrawing('Alignment of the classifier’s gradient', head), legend, chart], 4);
}

/** So many of a list at most, from the first to the last at even steps. */
function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  const step = (list.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => list[Math.round(i * step)] as T);
}
