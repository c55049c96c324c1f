import { z } from 'zod';
import type { RowContext } from './definitions/figure-definition.js';
import type { StepContext } from './definitions/kind-definition.js';
import { accuracy } from './figures/accuracy.js';
import { examples } from './figures/examples.js';
import { featureUsefulness } from './figures/feature-usefulness.js';
import { patterns } from './figures/patterns.js';
import { perturbationNorms } from './figures/perturbation-norms.js';
import { sensitivity } from './figures/sensitivity.js';
import { theory } from './figures/theory.js';
import { transfer } from './figures/transfer.js';
import { transferMatrix } from './figures/transfer-matrix.js';
import type { Problem } from './problem.js';

/** Each kind of figure. */
export const figures = {
  accuracy,
  sensitivity,
  transfer,
  'transfer-matrix': transferMatrix,
  'feature-usefulness': featureUsefulness,
  theory,
  patterns,
  'perturbation-norms': perturbationNorms,
  examples,
} as const;

type Figures = typeof figures;
export type FigureKind = keyof Figures;
export const figureKinds = Object.keys(figures) as FigureKind[];
type Definition = Figures[FigureKind];

const definitions = Object.values(figures) as [Definition, ...Definition[]];
const each = <T>(of: (definition: Definition) => T) => definitions.map(of) as [T, ...T[]];

/** A figure as a spec writes it, with steps by name. */
export const writtenFigure = z.discriminatedUnion(
  'kind',
  each(({ written }) => written),
);
export type WrittenFigure = z.output<typeof writtenFigure>;

/** A figure as its report job has it, with artifacts by index. */
export const plannedFigure = z.discriminatedUnion(
  'kind',
  each(({ planned }) => planned),
);
export type PlannedFigure = z.infer<typeof plannedFigure>;

/** A figure as a report shows it: numbers with their n, units and intervals, from which tables and charts are drawn. */
export const figure = z.discriminatedUnion(
  'kind',
  each((definition) => definition.figure),
);
export type Figure = z.infer<typeof figure>;
export type FigureOf<K extends FigureKind> = Extract<Figure, { kind: K }>;

/** A definition whose rows are not known by type. */
interface AnyFigure {
  references: Record<string, readonly string[]>;
  problems?: (row: object, context: StepContext) => Problem[];
  planRow(row: object, context: RowContext): object;
  columnsOf?: (row: object) => number[];
}

export const figureDefinition = (kind: FigureKind) => figures[kind] as unknown as AnyFigure;
