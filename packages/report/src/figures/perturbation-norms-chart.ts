import * as Plot from '@observablehq/plot';
import { type Drawing, plotDrawing, stacked, textDrawing } from '../drawing.js';
import type { FigureOf } from '../figure-view.js';
import { seriesColour } from '../themes.js';
import { originName, threatName } from '../wording.js';
import { axisX, axisY, percentTick } from './axes.js';

type Row = FigureOf<'perturbation-norms'>['rows'][number];

/** For each attack a histogram of lengths, and under it a bar a class with its interval. */
export function perturbationNormsChart({ rows }: FigureOf<'perturbation-norms'>): Drawing | null {
  if (rows.length === 0) return null;
  return stacked(
    rows.flatMap((row) => [
      textDrawing(`${row.name} · ${threatName(row.attack)} · ${originName(row)}`, { colour: 'var(--ink)' }),
      histogram(row),
      classes(row),
    ]),
    6,
  );
}

function histogram({ histogram, attack, n }: Row): Drawing {
  const width = (attack.epsilon || 1) / histogram.length;
  const bars = histogram.map((examples, bin) => ({
    ...{ from: bin * width, to: (bin + 1) * width, share: (100 * examples) / n },
  }));
  return plotDrawing({
    ...{ height: 200, marginLeft: 62, marginRight: 20, marginBottom: 46 },
    x: { domain: [0, attack.epsilon || 1] },
    y: { domain: [0, 1.05 * Math.max(...bars.map(({ share }) => share))] },
    marks: [
      ...axisX({ label: 'length of the perturbation, in [0,1] pixel units', ticks: 6 }),
      ...axisY({ label: 'share of the examples', tickFormat: percentTick, ticks: 4 }),
      Plot.rect(bars, {
        ...{ x1: 'from', x2: 'to', y1: 0, y2: 'share' },
        ...{ fill: seriesColour(0), insetLeft: 0.5, insetRight: 0.5 },
      }),
    ],
  });
}

function classes({ classes }: Row): Drawing {
  const bars = classes.flatMap(({ name, attackSuccess }) =>
    attackSuccess === null
      ? []
      : [
          {
            ...{ name, value: 100 * attackSuccess.value },
            ...{ low: 100 * attackSuccess.ci95[0], high: 100 * attackSuccess.ci95[1] },
          },
        ],
  );
  return plotDrawing({
    ...{ height: 40 + 22 * classes.length, marginLeft: 110, marginRight: 20, marginBottom: 46 },
    x: { domain: [0, 100] },
    y: { domain: classes.map(({ name }) => name), label: null },
    marks: [
      ...axisX({ label: 'success of the attack, by original class', tickFormat: percentTick, ticks: 5 }),
      Plot.axisY({ tickSize: 0, label: null, fill: 'var(--muted)' }),
      Plot.barX(bars, { x1: 0, x2: 'value', y: 'name', fill: seriesColour(1), insetTop: 2, insetBottom: 2 }),
      Plot.ruleY(bars, { x1: 'low', x2: 'high', y: 'name', stroke: 'var(--ink)', strokeWidth: 1.25 }),
    ],
  });
}
