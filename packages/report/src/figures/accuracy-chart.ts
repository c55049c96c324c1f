import * as Plot from '@observablehq/plot';
import {
  chartWidth,
  type Drawing,
  fontSize,
  type LegendItem,
  legendDrawing,
  marks,
  plotDrawing,
  stacked,
} from '../drawing.js';
import type { FigureOf } from '../figure-view.js';
import { rowLabels } from '../row-labels.js';
import { attackLabels, percent } from '../wording.js';
import { paperRobust } from './paper-robust.js';

const barHeight = 16;
const barGap = 4;
const headHeight = 24;
const groupGap = 12;
const margin = { top: 4, right: 66, bottom: 40, left: 84 };

const attackedColour = 'var(--series-2)';
const transferredColour = 'var(--series-3)';

interface Bar {
  y: number;
  name: string;
  accuracy: number;
  low: number;
  high: number;
  paper: number | null;
  seeds: number[];
  fill: string;
}

/** Bars by what was trained on, a group each: clean accuracy, then accuracy under each attack, strongest last. */
export function accuracyChart(figure: FigureOf<'accuracy'>): Drawing | null {
  if (figure.means.length === 0) return null;
  const { bars, heads, groups, height } = layout(figure);
  const chance = 100 * figure.chance;
  const left = Math.min(
    260,
    Math.max(margin.left, 14 + 6.6 * Math.max(...bars.map(({ name }) => name.length))),
  );
  const x = { domain: [0, 100] };
  const chart = plotDrawing({
    height: margin.top + height + margin.bottom,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: left,
    x,
    y: { axis: null, domain: [0, height], range: [margin.top, margin.top + height] },
    marks: [
      Plot.gridX({ ticks: [0, 20, 40, 60, 80, 100], stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisX({
        ticks: [0, 20, 40, 60, 80, 100],
        tickSize: 0,
        tickFormat: (value: number) => `${value} %`,
        label: 'accuracy',
        labelAnchor: 'center',
        labelArrow: 'none',
        fill: 'var(--muted)',
      }),
      Plot.rect(bars, {
        x1: 0,
        x2: 'accuracy',
        y1: 'y',
        y2: (bar: Bar) => bar.y + barHeight,
        fill: 'fill',
        rx2: 2,
      }),
      // Group by group, so that it crosses no heading.
      Plot.link(groups, {
        x1: chance,
        x2: chance,
        y1: 'top',
        y2: 'bottom',
        stroke: 'var(--ink)',
        strokeDasharray: '3,3',
        strokeWidth: 1.25,
      }),
      Plot.link(bars, {
        x1: 'low',
        x2: 'high',
        y1: (bar: Bar) => bar.y + barHeight / 2,
        y2: (bar: Bar) => bar.y + barHeight / 2,
        stroke: 'var(--ink)',
        strokeWidth: 1.75,
      }),
      ...(['low', 'high'] as const).map((end) =>
        Plot.link(bars, {
          x1: end,
          x2: end,
          y1: (bar: Bar) => bar.y + 3,
          y2: (bar: Bar) => bar.y + barHeight - 3,
          stroke: 'var(--ink)',
          strokeWidth: 1.75,
        }),
      ),
      Plot.dot(
        bars.flatMap((bar) => bar.seeds.map((accuracy) => ({ accuracy, y: bar.y + barHeight / 2 }))),
        { x: 'accuracy', y: 'y', r: 3, fill: 'var(--ink)', stroke: 'var(--card)', strokeWidth: 1 },
      ),
      Plot.dot(
        bars.filter((bar) => bar.paper !== null),
        {
          x: 'paper',
          y: (bar: Bar) => bar.y + barHeight / 2,
          symbol: 'diamond',
          r: 6,
          fill: 'var(--card)',
          stroke: 'var(--paper-mark)',
          strokeWidth: 2,
        },
      ),
      Plot.text(heads, {
        x: 0,
        y: 'y',
        text: 'label',
        textAnchor: 'start',
        dx: 4 - left,
        fontSize: 14,
        fontWeight: 600,
        fill: 'var(--ink)',
        stroke: 'var(--card)',
        strokeWidth: 5,
      }),
      Plot.text(bars, {
        x: 0,
        y: (bar: Bar) => bar.y + barHeight / 2,
        text: 'name',
        textAnchor: 'end',
        dx: -8,
        fontSize: 12,
        fill: 'var(--muted)',
      }),
      Plot.text(bars, {
        x: 100,
        y: (bar: Bar) => bar.y + barHeight / 2,
        text: (bar: Bar) => percent(bar.accuracy / 100),
        textAnchor: 'end',
        dx: margin.right - 2,
        fontSize: 13,
        fontWeight: 600,
      }),
    ],
  });
  return stacked([legendDrawing(legend(figure, bars), chartWidth), chart], 6);
}

function layout({ means, rows }: FigureOf<'accuracy'>) {
  const labels = rowLabels(means);
  const nameOf = attackLabels(means.flatMap(({ robust }) => robust.map(({ attack }) => attack)));
  const bars: Bar[] = [];
  const heads: { y: number; label: string }[] = [];
  const groups: { top: number; bottom: number }[] = [];
  let y = 0;
  for (const [i, mean] of means.entries()) {
    const same = rows.filter((row) => isSame(row, mean));
    heads.push({ y: y + headHeight / 2, label: shortened(labels[i] ?? '') });
    y += headHeight;
    const top = y;
    const measures = [
      { name: 'clean', value: mean.clean, paper: mean.paper?.clean ?? null, fill: 'var(--series-1)' },
      ...mean.robust.map(({ attack, whiteBox, robust }) => ({
        name: nameOf(attack),
        value: robust,
        paper: paperRobust(mean, attack.epsilon),
        fill: whiteBox ? attackedColour : transferredColour,
      })),
    ];
    for (const [k, { name, value, paper, fill }] of measures.entries()) {
      const seeds = same.map((row) => (k === 0 ? row.clean : row.robust[k - 1]?.robust)?.accuracy ?? 0);
      bars.push({
        y,
        name,
        fill,
        accuracy: 100 * value.mean,
        low: 100 * Math.max(0, value.ci95[0]),
        high: 100 * Math.min(1, value.ci95[1]),
        paper: paper === null ? null : 100 * paper,
        seeds: value.seeds.length > 1 ? seeds.map((accuracy) => 100 * accuracy) : [],
      });
      y += barHeight + barGap;
    }
    groups.push({ top: top - barGap, bottom: y });
    y += groupGap;
  }
  return { bars, heads, groups, height: y - groupGap };
}

/** Whether a row is one of those that a mean was taken over. */
function isSame(
  row: FigureOf<'accuracy'>['rows'][number],
  mean: FigureOf<'accuracy'>['means'][number],
): boolean {
  const facts = ({ trainedOn, evaluatedOn, split, point, training, robust }: typeof row | typeof mean) =>
    JSON.stringify([trainedOn, evaluatedOn, split, point, training, robust.map(({ attack }) => attack)]);
  return facts(row) === facts(mean);
}

function legend({ chance }: FigureOf<'accuracy'>, bars: readonly Bar[]): LegendItem[] {
  const attacked = bars.some((bar) => bar.fill === attackedColour);
  const transferred = bars.some((bar) => bar.fill === transferredColour);
  const several = bars.some((bar) => bar.seeds.length > 0);
  const compared = bars.some((bar) => bar.paper !== null);
  return [
    { label: 'clean', mark: marks.bar('var(--series-1)') },
    ...(attacked ? [{ label: 'under attack', mark: marks.bar(attackedColour) }] : []),
    ...(transferred ? [{ label: 'on another model’s examples', mark: marks.bar(transferredColour) }] : []),
    { label: '95 % interval', mark: marks.interval },
    ...(several ? [{ label: 'one seed', mark: marks.dot('var(--ink)') }] : []),
    ...(compared ? [{ label: 'the paper (ResNet-50)', mark: marks.paper }] : []),
    { label: `chance (${Number((100 * chance).toFixed(1))} %)`, mark: marks.chance },
  ];
}

const longestLabel = Math.floor(chartWidth / (0.6 * (fontSize + 1)));
const shortened = (name: string) =>
  name.length > longestLabel ? `${name.slice(0, longestLabel - 1)}…` : name;
