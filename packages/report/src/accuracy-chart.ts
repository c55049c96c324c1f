import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, Markup } from './markup.js';
import type { ReportFigures } from './report-content.js';
import { accuracyTitle, percent, setName, syntheticRows } from './wording.js';

const rowHeight = 54;
const margin = { top: 30, right: 62, bottom: 42 };
const longestName = 20;

/**
 * Bars of clean accuracy with 95 % intervals, the paper's figures as hollow diamonds and chance as a dashed line, as
 * SVG. Colours are CSS variables of the page: `--ink`, `--muted`, `--line`, `--reference`, `--accent`, `--paper-mark`.
 */
export function accuracyChart(report: ReportFigures): Markup {
  const synthetic = new Set(syntheticRows(report));
  const bars = report.rows.map((row, index) => ({
    index,
    name: shortened(setName(row.trainedOn)),
    accuracy: 100 * row.cleanAccuracy,
    low: 100 * row.ci95[0],
    high: 100 * row.ci95[1],
    paper: row.paper === null ? null : 100 * row.paper,
    fill: synthetic.has(row) ? 'var(--accent)' : 'var(--reference)',
    label: percent(row.cleanAccuracy),
  }));
  const chance = 100 * report.chance;
  const marginLeft = Math.max(72, 22 + 8 * Math.max(...bars.map((bar) => bar.name.length)));
  const { document } = parseHTML('<html><body></body></html>');
  const chart = Plot.plot({
    document,
    width: 560,
    height: margin.top + margin.bottom + rowHeight * bars.length,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft,
    style: { fontSize: '14px', fontFamily: 'inherit', background: 'none', color: 'var(--ink)' },
    x: { domain: [0, 100] },
    y: { domain: bars.map((bar) => bar.index), padding: 0.42 },
    marks: [
      Plot.gridX({ ticks: [0, 20, 40, 60, 80, 100], stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisX({
        ticks: [0, 20, 40, 60, 80, 100],
        tickSize: 0,
        tickFormat: (value: number) => `${value} %`,
        label: accuracyTitle(report),
        labelAnchor: 'center',
        labelArrow: 'none',
        fill: 'var(--muted)',
        fontSize: 13,
      }),
      Plot.axisY({
        tickSize: 0,
        tickFormat: (index: number) => bars[index]?.name ?? '',
        label: null,
        fontSize: 15,
      }),
      Plot.barX(bars, { x1: 0, x2: 'accuracy', y: 'index', fill: 'fill', rx2: 3 }),
      Plot.ruleX([chance], { stroke: 'var(--ink)', strokeDasharray: '3,3', strokeWidth: 1.25 }),
      Plot.text([`chance ${plainPercent(chance)}`], {
        x: [chance],
        frameAnchor: 'top',
        dy: -20,
        textAnchor: 'start',
        dx: -4,
        fill: 'var(--muted)',
        fontSize: 13,
      }),
      Plot.ruleY(bars, { x1: 'low', x2: 'high', y: 'index', stroke: 'var(--ink)', strokeWidth: 1.75 }),
      ...(['low', 'high'] as const).map((end) =>
        Plot.tickX(bars, { x: end, y: 'index', stroke: 'var(--ink)', strokeWidth: 1.75, inset: 10 }),
      ),
      Plot.dot(
        bars.filter((bar) => bar.paper !== null),
        {
          x: 'paper',
          y: 'index',
          symbol: 'diamond',
          r: 7,
          fill: 'var(--page)',
          stroke: 'var(--paper-mark)',
          strokeWidth: 2,
        },
      ),
      Plot.text(bars, {
        y: 'index',
        text: 'label',
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: margin.right - 2,
        fontSize: 15,
        fontWeight: 600,
      }),
    ],
  });
  const description = bars.map((bar) => `${bar.name}: ${bar.label}`).join('; ');
  return html`<div role="img" aria-label="${description}">${new Markup(chart.outerHTML)}</div>`;
}

const shortened = (name: string) => (name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name);

const plainPercent = (value: number) => `${Number(value.toFixed(1))} %`;
