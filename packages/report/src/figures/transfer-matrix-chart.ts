import * as Plot from '@observablehq/plot';
import { chartWidth, type Drawing, plotDrawing, stacked, textDrawing } from '../drawing.js';
import type { FigureOf } from '../figure-view.js';
import { percent, threatName, unknown, wholeNumber } from '../wording.js';

type Row = FigureOf<'transfer-matrix'>['rows'][number];
const cellHeight = 38;

/** A heat map for each matrix, with its numbers. */
export function transferMatrixChart({ rows }: FigureOf<'transfer-matrix'>): Drawing | null {
  return rows.length === 0 ? null : stacked(rows.map(matrix), 28);
}

function matrix({ names, transfer, attack, seed, point }: Row): Drawing {
  const cells = transfer.flatMap((rates, source) =>
    rates.map((rate, evaluated) => ({ source, evaluated, value: rate?.value ?? null })),
  );
  const shown = names.map((name) => (name.length > 18 ? `${name.slice(0, 17)}…` : name));
  const left = 30 + 7.2 * Math.max(...shown.map((name) => name.length));
  const cellWidth = (chartWidth - left - 10) / names.length;
  const slanted = Math.max(...shown.map((name) => name.length)) * 7.2 > cellWidth - 4;
  const top = slanted ? 34 + 5.2 * Math.max(...shown.map((name) => name.length)) : 42;
  const title = [
    `seed ${seed}`,
    point,
    threatName(attack),
    `n = ${wholeNumber(transfer[0]?.[0]?.n ?? 0)} a line`,
  ];
  const chart = plotDrawing({
    height: top + cellHeight * names.length + 6,
    marginLeft: left,
    marginTop: top,
    marginBottom: 6,
    marginRight: slanted ? 40 : 10,
    x: { domain: names.map((_, i) => i), padding: 0.04 },
    y: { domain: names.map((_, i) => i), padding: 0.04 },
    marks: [
      Plot.axisX({
        anchor: 'top',
        tickSize: 0,
        tickFormat: (i: number) => shown[i] ?? '',
        label: 'evaluated model',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: top - 8,
        fill: 'var(--muted)',
        ...(slanted ? { tickRotate: -32 } : {}),
      }),
      Plot.axisY({
        tickSize: 0,
        tickFormat: (i: number) => shown[i] ?? '',
        label: 'made with',
        labelAnchor: 'top',
        labelArrow: 'none',
        fill: 'var(--muted)',
      }),
      // The share as an opacity over the lowest colour, so that one scale serves both themes.
      Plot.cell(cells, { x: 'evaluated', y: 'source', fill: 'var(--heat-low)', rx: 2 }),
      Plot.cell(cells, {
        x: 'evaluated',
        y: 'source',
        fill: 'var(--heat-high)',
        fillOpacity: (cell) => 0.65 * (cell.value ?? 0),
        rx: 2,
      }),
      Plot.text(cells, {
        x: 'evaluated',
        y: 'source',
        text: ({ value }) =>
          value === null ? unknown : cellWidth < 62 ? (100 * value).toFixed(0) : percent(value),
        fill: 'var(--ink)',
        fontWeight: 600,
      }),
    ],
  });
  return stacked(
    [textDrawing(title.filter((part) => part !== '').join(' · '), { colour: 'var(--muted)' }), chart],
    2,
  );
}
