import { label } from '@toogit/core';
import { z } from 'zod';
import type { Problem } from '../problem.js';
import type { PlanContext, StepContext } from './kind-definition.js';

/** Index of an artifact among a report's `sources`. */
export const source = z.int().min(0);

/** Where a row comes from: the seed, and what the matrix set there (`learningRate=0.1`), empty without one. */
export const origin = { seed: z.int().min(0), point: z.string() };

/** Of a figure as a report shows it. */
export const figureTitle = { title: z.string().nullable() };

/** What planning a row needs: the steps of its point, and the report's inputs. */
export interface RowContext extends PlanContext {
  /** Makes the one artifact of a step an input of the report. @returns its index among the `sources` */
  source(step: string): number;
  /** All artifacts of a step, in block order. */
  sources(step: string): number[];
}

/**
 * A kind of figure as data, three times: as a spec writes it, with steps by name; as its report job has it, with the
 * artifacts of these steps by their index among the job's inputs; and as a report shows it. How it is assembled and drawn
 * is in `@toogit/report`.
 */
export interface FigureOptions<
  K extends string,
  S extends z.ZodType,
  P extends z.ZodRawShape,
  F extends z.ZodType,
> {
  kind: K;
  /** What it shows, a sentence. */
  description: string;
  /** A row as a spec writes it. */
  row: S;
  /** Which kinds of step may stand where a row names one; `*` is any index of a list. One path means the same in all figures. */
  references: Record<string, readonly string[]>;
  /** What is wrong between a row and the steps that it names. */
  problems?: (row: z.output<S>, context: StepContext) => Problem[];
  /** A row as its job has it, besides its origin. */
  plannedRow: P;
  planRow(row: z.output<S>, context: RowContext): z.output<z.ZodObject<P>>;
  /** Indices of the sources whose part `columns` the figure is made of. Only a report reads tensors: `dashboard` is null. */
  columnsOf?: (row: z.output<z.ZodObject<P>>) => number[];
  /** The figure as a report shows it. */
  figure: F;
  /** Of the dashboard's route for such figures, and its documentation; null where reports alone show them. */
  dashboard: {
    /** A line of what is shown. */
    summary: string;
    /** A preset that has such a figure. */
    study: string;
    example: z.output<F>;
  } | null;
}

export function defineFigure<
  K extends string,
  S extends z.ZodType,
  P extends z.ZodRawShape,
  F extends z.ZodType,
>(options: FigureOptions<K, S, P, F>) {
  const { kind, row, plannedRow } = options;
  return {
    ...options,
    /** The figure as a spec writes it. */
    written: z.strictObject({
      kind: z.literal(kind),
      title: label().nullable().describe('Heading of the figure.').default(null),
      rows: z.array(row).min(1),
    }),
    /** The figure as its job has it. */
    planned: z.strictObject({
      kind: z.literal(kind),
      title: z.string().nullable(),
      rows: z.array(z.strictObject({ ...origin, ...plannedRow })),
    }),
  };
}
