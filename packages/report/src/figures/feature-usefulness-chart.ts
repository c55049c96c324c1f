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
import type { FigureOf } from '../figure-view.js';
import { percent, percentRange, wholeNumber } from '../wording.js';

type Row = FigureOf<'feature-usefulness'>['rows'][number];

const gap = 20;
const robustColour = 'var(--series-1)';
const notRobustColour = 'var(--series-2)';

/** Robust usefulness against usefulness, a dot a feature, a panel a model, all to the same axes. */
export function featureUsefulnessChart({ rows }: FigureOf<'feature-usefulness'>): Drawing | null {
  if (rows.length === 0) return null;
  const points = rows.flatMap((row) => row.points);
  const x = niceDomain(points.map(({ rho }) => rho));
  const y = niceDomain(points.map(({ gamma }) => gamma));
  const columns = rows.length === 1 ? 1 : 2;
  const width = (chartWidth - gap * (columns - 1)) / columns;
  const panels = rows.map((row) => panel(row, width, x, y));
  const legend = legendDrawing([
    { label: 'robustly useful (γ > 0)', mark: marks.dot(robustColour) },
    { label: 'useful, not robust', mark: marks.diamond(notRobustColour) },
    { label: 'γ = ρ: no loss', mark: marks.line('var(--muted)', '2,3') },
  ]);
  return stacked([legend, tiled(panels, columns, gap)], 6);
}

function panel(row: Row, width: number, x: [number, number], y: [number, number]): Drawing {
  const { model, seed, point, points, usefulNotRobust } = row;
  const diagonal = [Math.max(x[0], y[0]), Math.min(x[1], y[1])].map((value) => ({ value }));
  const chart = plotDrawing({
    width,
    height: 270,
    marginLeft: 58,
    marginRight: 8,
    marginTop: 8,
    marginBottom: 42,
    x: { domain: x },
    y: { domain: y },
    marks: [
      Plot.gridX({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisX({ ...axis, ticks: 4, label: 'usefulness ρ' }),
      Plot.axisY({ ...axis, ticks: 5, label: 'robust usefulness γ' }),
      Plot.line(diagonal, { x: 'value', y: 'value', stroke: 'var(--muted)', strokeDasharray: '2,3' }),
      Plot.ruleY([0], { stroke: 'var(--ink)', strokeWidth: 1.25 }),
      ...[false, true].map((robust) =>
        Plot.dot(
          points.filter(({ gamma }) => gamma > 0 === robust),
          {
            x: 'rho',
            y: 'gamma',
            r: 2.4,
            symbol: robust ? 'circle' : 'diamond',
            fill: robust ? robustColour : notRobustColour,
            fillOpacity: 0.8,
          },
        ),
      ),
    ],
  });
  const title = [model, point, `seed ${seed}`].filter((part) => part !== '').join(' · ');
  const { value, ci95, n } = usefulNotRobust;
  const said = `useful, not robust: ${percent(value)} (${percentRange(ci95)})`.replaceAll(' %', '\u00a0%');
  const counted = `of ${wholeNumber(n)} pairs; ${wholeNumber(row.n)} examples`;
  const panel = stacked([
    textDrawing(title, { width, size: 14, weight: 600 }),
    textDrawing(said, { width: width + 30, size: 12, colour: 'var(--muted)' }),
    textDrawing(counted, { width, size: 12, colour: 'var(--muted)' }),
    chart,
  ]);
  return { ...panel, width };
}

const axis = { tickSize: 0, labelAnchor: 'center', labelArrow: 'none', fill: 'var(--muted)' } as const;

/** Round ends around the values and 0. */
function niceDomain(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0.1, ...values)];
  const step = 10 ** Math.floor(Math.log10(high - low)) / 2;
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}
