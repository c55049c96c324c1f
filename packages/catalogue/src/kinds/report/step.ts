import { z } from 'zod';
import type { StepContext } from '../../definitions/kind-definition.js';
import { figureDefinition, figures, writtenFigure } from '../../figures.js';
import type { Problem } from '../../problem.js';

/** Figures of steps by name; every point of the matrix adds its rows to the same figures. */
export const reportStep = z.strictObject({
  kind: z.literal('report'),
  figures: z.array(writtenFigure).min(1).max(32).describe('What the report shows, in order.'),
});
export type ReportStep = z.output<typeof reportStep>;

export const reportReferences = Object.fromEntries(
  Object.values(figures).flatMap(({ references }) =>
    Object.entries(references).map(([path, kinds]) => [`figures.*.rows.*.${path}`, kinds]),
  ),
);

export const reportProblems = (step: ReportStep, context: StepContext): Problem[] =>
  step.figures.flatMap(({ kind, rows }, i) =>
    rows.flatMap((row, k) =>
      (figureDefinition(kind).problems?.(row, context) ?? []).map((problem) => ({
        ...problem,
        path: `figures.${i}.rows.${k}.${problem.path}`,
      })),
    ),
  );
