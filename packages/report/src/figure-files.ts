import type { Figure } from '@toogit/catalogue';
import { stringify } from 'csv-stringify/sync';
import { type Drawing, framed, stacked, svgElement, textDrawing } from './drawing.js';
import type { FigureRecord, Pictures } from './figure-view.js';
import { headingOf, viewOf } from './figures-of.js';
import { type Theme, withColours } from './themes.js';

/** A figure, and the experiment it is of. */
export interface ExperimentFigure {
  experimentId: string;
  /** Of the experiment. */
  name: string;
  figure: Figure;
}

/** Every number of the figures, a line each, under a line of names. */
export function figuresCsv(figures: readonly ExperimentFigure[]): string {
  const records = figures.flatMap(({ experimentId, figure }) =>
    viewOf(figure)
      .records(figure)
      .map((record) => ({ experimentId, figure: headingOf(figure), ...record })),
  );
  return recordsCsv(records, ['experimentId', 'figure']);
}

/** Records with the same keys as CSV; without any, the names given. Text that spreadsheets would take for a formula gets a quote before it. */
export function recordsCsv(records: readonly FigureRecord[], names: readonly string[]): string {
  const columns = [...Object.keys(records[0] ?? Object.fromEntries(names.map((name) => [name, null])))];
  const cells = records.map((record) => columns.map((column) => cellOf(record[column] ?? null)));
  return stringify([columns, ...cells]);
}

function cellOf(value: FigureRecord[string]): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  return /^[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/.test(value) ? `'${value}` : value;
}

/** The charts of the figures below each other as one SVG that stands on its own, in the colours of a theme. */
export function figuresSvg(
  figures: readonly ExperimentFigure[],
  pictures: Pictures,
  theme: Theme = 'light',
): string {
  const drawings = figures.flatMap(({ experimentId, name, figure }) => {
    const chart = viewOf(figure).chart(figure, pictures);
    return chart === null ? [] : [headed(headingOf(figure), `${name} · ${experimentId}`, chart)];
  });
  return standaloneSvg(drawings, figures.map(({ figure }) => headingOf(figure)).join('; '), theme);
}

export const headed = (heading: string, about: string, drawing: Drawing): Drawing =>
  stacked(
    [
      textDrawing(heading, { size: 17, weight: 600 }),
      textDrawing(about, { size: 12, colour: 'var(--muted)' }),
      drawing,
    ],
    4,
  );

/** Drawings below each other on a background of their own; without any, a note that there is nothing yet. */
export function standaloneSvg(drawings: readonly Drawing[], description: string, theme: Theme): string {
  const nothing = textDrawing('Nothing yet: no results match.', { size: 15, colour: 'var(--muted)' });
  const drawing = drawings.length === 0 ? nothing : stacked(drawings, 36);
  const svg = svgElement(framed(drawing, 20), description || 'Nothing yet');
  return `${withColours(svg.text, theme)}\n`;
}
