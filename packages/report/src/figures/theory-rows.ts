import type { FigureOf } from '../figure-view.js';

export type TheoryFigure = FigureOf<'theory'>;
export type TheoryRow = TheoryFigure['rows'][number];
export type DimensionRow = TheoryRow['dimensions'][number];
