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
} from '../drawing.js';
import type { FigureOf, Pictures } from '../figure-view.js';
import { pngDataUrl, pngSize } from '../image-grid.js';
import { seriesColour } from '../themes.js';
import { threatName } from '../wording.js';

type Row = FigureOf<'patterns'>['rows'][number];

/** The gallery of each row, and how many of its bare patterns each model takes for their class. */
export function patternsChart({ rows }: FigureOf<'patterns'>, { galleries }: Pictures): Drawing | null {
  const drawings = rows.flatMap((row) => {
    const gallery = galleries.get(row.artifact);
    const title = [threatName(row.attack), `seed ${row.seed}`, row.point].filter((part) => part !== '');
    return [
      textDrawing(title.join(' · '), { colour: 'var(--muted)' }),
      ...(gallery ? [galleryDrawing(gallery, row)] : []),
      ...(row.onGrey.length === 0 ? [] : [onGrey(row)]),
    ];
  });
  return drawings.length === 0 ? null : stacked(drawings, 8);
}

function galleryDrawing(png: Uint8Array, { classNames }: Row): Drawing {
  const size = pngSize(png);
  const height = (chartWidth * size.height) / size.width;
  const image = `<image href="${pngDataUrl(png)}" width="${chartWidth}" height="${height}" style="image-rendering:pixelated"/>`;
  const picture = { width: chartWidth, height, elements: image };
  const columns = textDrawing(`Columns, from the left: ${classNames.join(', ')}.`, {
    size: 12,
    colour: 'var(--muted)',
  });
  return stacked([picture, columns], 6);
}

function onGrey({ onGrey, classNames, amplification }: Row): Drawing {
  const patterns = [...new Set(onGrey.map(({ pattern }) => pattern))];
  const models = [...new Set(onGrey.map(({ model }) => model))];
  const classes = classNames.length;
  const bars = onGrey.map(({ model, pattern, recognised }) => ({
    model,
    pattern,
    count: recognised.count,
    ends: recognised.ci95.map((end) => end * recognised.n),
  }));
  const left = 24 + 7.2 * Math.max(...models.map((model) => model.length));
  const chart = plotDrawing({
    height: 46 + models.length * (14 + 18 * patterns.length),
    marginLeft: Math.min(200, left),
    marginRight: 36,
    marginTop: 4,
    marginBottom: 42,
    x: { domain: [0, classes] },
    y: { axis: null, domain: patterns },
    fy: { domain: models, padding: 0.16 },
    marks: [
      Plot.gridX({ stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisX({
        tickSize: 0,
        label: `of ${classes} bare patterns (${settingName(amplification)} × ε on grey), taken for their class`,
        labelAnchor: 'center',
        labelArrow: 'none',
        fill: 'var(--muted)',
      }),
      Plot.axisFy({ anchor: 'left', label: null, tickSize: 0 }),
      Plot.barX(bars, {
        x1: 0,
        x2: 'count',
        y: 'pattern',
        fy: 'model',
        fill: (bar) => seriesColour(patterns.indexOf(bar.pattern)),
        insetTop: 1,
        insetBottom: 1,
      }),
      Plot.ruleY(bars, {
        x1: ({ ends }) => ends[0],
        x2: ({ ends }) => ends[1],
        y: 'pattern',
        fy: 'model',
        stroke: 'var(--ink)',
        strokeWidth: 1.5,
      }),
      Plot.ruleX([1], { stroke: 'var(--ink)', strokeDasharray: '3,3', strokeWidth: 1.25 }),
      Plot.text(bars, {
        frameAnchor: 'right',
        y: 'pattern',
        fy: 'model',
        text: 'count',
        dx: 30,
        textAnchor: 'end',
        fontWeight: 600,
      }),
    ],
  });
  const legend = legendDrawing([
    ...patterns.map((pattern, i) => ({ label: pattern, mark: marks.bar(seriesColour(i)) })),
    { label: '95 % interval', mark: marks.interval },
    { label: 'chance', mark: marks.chance },
  ]);
  return stacked([legend, chart], 4);
}
