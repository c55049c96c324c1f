import type { Figure, FigureKind, PlannedFigure } from '@toogit/catalogue';
import type { Drawing } from './drawing.js';
import type { FigureSources } from './figure-sources.js';
import type { ExampleGrid } from './image-grid.js';
import type { Markup } from './markup.js';
import type { Table } from './table.js';

export type FigureOf<K extends FigureKind> = Extract<Figure, { kind: K }>;
export type DefinitionOf<K extends FigureKind> = Extract<PlannedFigure, { kind: K }>;

/** Images, which figures name by the digest of the artifact that holds them. */
export interface Pictures {
  /** Example images of synthesised sets. */
  grids: ReadonlyMap<string, ExampleGrid>;
  /** PNG bytes of the galleries of patterns. */
  galleries: ReadonlyMap<string, Uint8Array>;
}

/** A number or word with its name, for CSV. */
export type FigureRecord = Record<string, string | number | boolean | null>;

/** One of the numbers that a figure is about. */
export interface Headline {
  name: string;
  value: number;
  /** `fraction`, `1`, `nats`, `degrees`. */
  unit: string;
  /** Examples, models, patterns: what was counted. */
  n: number;
  ci95: [number, number] | null;
}

/** All that is known of one kind of figure: how it is put together, drawn, tabulated, and put into a sentence. Pure. */
export interface FigureView<K extends FigureKind> {
  /** Its rows are those whose results are all there. */
  assemble(definition: DefinitionOf<K>, sources: FigureSources): FigureOf<K>;
  /** Unless it has a title of its own. */
  heading(figure: FigureOf<K>): string;
  /** What it shows, in a sentence, and only as much as its intervals allow. */
  finding(figure: FigureOf<K>): string | null;
  /** Null where there is nothing to draw. */
  chart(figure: FigureOf<K>, pictures: Pictures): Drawing | null;
  /** Under the chart: what its marks and units mean. */
  caption: string;
  tables(figure: FigureOf<K>): Table[];
  /** What only a page can show. */
  page?(figure: FigureOf<K>, pictures: Pictures): Markup | null;
  /** What its numbers are in, by name. */
  units: Record<string, string>;
  headlines(figure: FigureOf<K>): Headline[];
  /** Every number, one a record; all records have the same keys. */
  records(figure: FigureOf<K>): FigureRecord[];
}
