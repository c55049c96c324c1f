import * as Plot from '@observablehq/plot';
import { settingName } from '@toogit/core';
import { type Drawing, legendDrawing, marks, plotDrawing, stacked } from '../drawing.js';
import type { FigureOf } from '../figure-view.js';
import { grouped } from '../statistics/grouped.js';
import { seriesColour, seriesSymbol } from '../themes.js';
import { setName } from '../wording.js';
import { axisX, axisY, percentTick } from './axes.js';

const dashes = ['', '6,3', '2,3', '8,3,2,3'];

/** Accuracy over the learning rate: a line for each set and augmentation, a dot a seed, chance as a dashed line. */
export function sensitivityChart({ rows, means, chance }: FigureOf<'sensitivity'>): Drawing | null {
  if (means.length === 0) return null;
  const nameOf = seriesName(means);
  const series = grouped(means, nameOf).map((group, index) => ({
    name: nameOf(group[0]),
    colour: seriesColour(index),
    symbol: seriesSymbol(index),
    dash: dashes[index % dashes.length] ?? '',
    means: group,
    rows: rows.filter((row) => nameOf(row) === nameOf(group[0])),
  }));
  const rates = [...new Set(means.map((mean) => mean.training.learningRate))].sort((a, b) => a - b);
  const [lowest = 1, highest = 1] = [rates[0], rates.at(-1)];
  const top = 1.04 * Math.max(50, ...rows.map((row) => 100 * row.clean.accuracy));
  // Series stand a little beside each other, so that none hides another.
  const beside = (index: number) => 1.035 ** (index - (series.length - 1) / 2);
  const chart = plotDrawing({
    height: 340,
    marginLeft: 62,
    marginRight: 20,
    marginBottom: 46,
    x: { type: 'log', domain: [lowest / 1.3, highest * 1.3] },
    y: { domain: [0, top] },
    marks: [
      ...axisX({ label: 'learning rate (logarithmic)', ticks: rates, tickFormat: settingName }),
      ...axisY({ label: 'accuracy on the original test set', tickFormat: percentTick, ticks: 6 }),
      Plot.ruleX(rates, { stroke: 'var(--line)' }),
      Plot.ruleY([100 * chance], { stroke: 'var(--ink)', strokeDasharray: '3,3', strokeWidth: 1.25 }),
      ...series.flatMap(({ means, rows, colour, symbol, dash }, index) => [
        Plot.link(means, {
          x1: (mean) => mean.training.learningRate * beside(index),
          x2: (mean) => mean.training.learningRate * beside(index),
          y1: (mean) => 100 * Math.max(0, mean.clean.ci95[0]),
          y2: (mean) => Math.min(top, 100 * mean.clean.ci95[1]),
          stroke: colour,
          strokeWidth: 5,
          strokeOpacity: 0.25,
        }),
        Plot.line(means, {
          x: (mean) => mean.training.learningRate * beside(index),
          y: (mean) => 100 * mean.clean.mean,
          stroke: colour,
          strokeWidth: 2.25,
          strokeDasharray: dash,
        }),
        Plot.dot(rows, {
          x: (row) => row.training.learningRate * beside(index),
          y: (row) => 100 * row.clean.accuracy,
          symbol,
          r: 4,
          fill: colour,
          stroke: 'var(--card)',
          strokeWidth: 1,
        }),
      ]),
    ],
  });
  const legend = legendDrawing([
    ...series.map(({ name, colour, dash }) => ({ label: name, mark: marks.line(colour, dash) })),
    { label: '95 % interval', mark: marks.band('var(--muted)') },
    { label: 'one seed', mark: marks.dot('var(--muted)') },
    { label: `chance (${percentTick(100 * chance)})`, mark: marks.chance },
  ]);
  return stacked([legend, chart], 4);
}

/** By augmentation, and by what a model was trained on where that varies. */
function seriesName(means: FigureOf<'sensitivity'>['means']) {
  const sets = new Set(means.map(({ trainedOn }) => trainedOn)).size > 1;
  return ({
    trainedOn,
    training,
  }: Pick<FigureOf<'sensitivity'>['means'][number], 'trainedOn' | 'training'>) => {
    const augmentation = training.augmentation === 'none' ? 'no augmentation' : training.augmentation;
    return sets ? `${setName(trainedOn)}, ${augmentation}` : augmentation;
  };
}
