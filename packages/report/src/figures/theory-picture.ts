import * as Plot from '@observablehq/plot';
import { settingName } from '@toogit/core';
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
import { axisX, axisY } from './axes.js';
import type { DimensionRow, TheoryRow } from './theory-rows.js';

type Model = DimensionRow['models'][number];
type Picture = NonNullable<Model['picture']>;
type Ellipse = Picture['ellipses'][number];
type Point = readonly [number, number];

const gap = 20;
const width = (chartWidth - gap) / 2;
const classColour = (label: Ellipse['label']) => (label === 1 ? 'var(--series-1)' : 'var(--series-2)');

/** The level sets of the standard model and of the most robust one, to the same axes. Empty where no d is 2. */
export function gaussianPictures({ dimensions }: TheoryRow): Drawing {
  const models = dimensions.flatMap((dimension) => dimension.models.filter((model) => model.picture));
  const standard = models.find(({ trainedAgainst }) => trainedAgainst === 'none');
  const robust = models.findLast(({ trainedAgainst }) => trainedAgainst === 'ball');
  const shown = [standard, robust].flatMap((model) =>
    model?.picture ? [{ model, picture: model.picture }] : [],
  );
  if (shown.length === 0) return { width: chartWidth, height: 0, elements: '' };
  const reach = Math.max(...shown.flatMap(({ picture }) => picture.ellipses.map(reachOf)));
  const panels = shown.map(({ model, picture }) => panel(model, picture, 1.05 * reach));
  const legend = legendDrawing([
    { label: 'class +1', mark: marks.line(classColour(1)) },
    { label: 'class −1', mark: marks.line(classColour(-1), '5,3') },
    { label: 'boundary', mark: marks.line('var(--muted)', '2,3') },
    { label: 'class means', mark: marks.line('var(--muted)') },
    { label: 'gradient', mark: marks.line('var(--ink)') },
  ]);
  return stacked(
    [
      textDrawing('What is learned in two dimensions', { size: 14, weight: 600 }),
      legend,
      tiled(panels, 2, gap),
    ],
    4,
  );
}

function panel(model: Model, picture: Picture, reach: number): Drawing {
  const margins = { marginLeft: 44, marginRight: 6, marginTop: 8, marginBottom: 42 };
  // As high as wide within the axes, so that angles are true.
  const height = width - margins.marginLeft - margins.marginRight + margins.marginTop + margins.marginBottom;
  const { boundary, classMeans, classifierGradient, lossGradients } = picture;
  const arrow = (data: readonly { from: Point; to: Point }[], stroke: string, strokeWidth: number) =>
    Plot.arrow(data, {
      ...{
        x1: ({ from }) => from[0],
        y1: ({ from }) => from[1],
        x2: ({ to }) => to[0],
        y2: ({ to }) => to[1],
      },
      ...{ stroke, strokeWidth, headLength: 5 + strokeWidth, inset: 0 },
    });
  const chart = plotDrawing({
    ...{ ...margins, width, height },
    x: { domain: [-reach, reach] },
    y: { domain: [-reach, reach] },
    marks: [
      ...axisX({ label: 'x₁', ticks: 5 }),
      ...axisY({ label: 'x₂', ticks: 5 }),
      Plot.line(clipped(boundary, reach), {
        x: '0',
        y: '1',
        stroke: 'var(--muted)',
        strokeDasharray: '2,3',
        strokeWidth: 1.5,
      }),
      ...picture.ellipses.map((ellipse) =>
        Plot.line(outline(ellipse), {
          x: '0',
          y: '1',
          stroke: classColour(ellipse.label),
          strokeWidth: ellipse.level === 1 ? 2.25 : 1.25,
          strokeDasharray: ellipse.label === 1 ? '' : '5,3',
        }),
      ),
      arrow(lossGradients, 'var(--series-1)', 1),
      arrow([classMeans], 'var(--muted)', 1.75),
      arrow([classifierGradient], 'var(--ink)', 2.25),
    ],
  });
  const name =
    model.trainedAgainst === 'none' ? 'standard' : `robust, ε = ${settingName(model.epsilon)} around every x`;
  return stacked([
    textDrawing(name, { width, size: 13, weight: 600 }),
    textDrawing(`angle ${model.alignmentAngle.toFixed(1)}°`, { width, size: 12, colour: 'var(--muted)' }),
    chart,
  ]);
}

function outline({ center, semiAxes, angle }: Ellipse): Point[] {
  const turn = (angle * Math.PI) / 180;
  return Array.from({ length: 97 }, (_, i): Point => {
    const t = (2 * Math.PI * i) / 96;
    const [u, v] = [semiAxes[0] * Math.cos(t), semiAxes[1] * Math.sin(t)];
    return [
      center[0] + u * Math.cos(turn) - v * Math.sin(turn),
      center[1] + u * Math.sin(turn) + v * Math.cos(turn),
    ];
  });
}

/** How far the ellipse goes from the origin along an axis. */
const reachOf = (ellipse: Ellipse) => Math.max(...outline(ellipse).flatMap((point) => point.map(Math.abs)));

/** A line through the origin, as far as the frame goes. */
function clipped(line: readonly [Point, Point], reach: number): Point[] {
  return line.map(([x, y]): Point => {
    const scale = Math.min(1, reach / Math.max(Math.abs(x), Math.abs(y)));
    return [scale * x, scale * y];
  });
}
