import { experimentStates, figures, jobStates } from '@toogit/catalogue';
import { typedNumber } from '@toogit/core';
import { themeNames } from '@toogit/report';
import { z } from 'zod';
import type { DashboardKind } from '../dashboard-figures.js';
import { dashboardExample, summaryExample } from './dashboard-examples.js';
import { componentName } from './figure-components.js';
import { jobCounts, name, shortId } from './values.js';

/** A parameter that may be given several times, as a list. */
const several = <T extends z.ZodType>(element: T) =>
  z
    .preprocess(
      (value) => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(element).max(100).optional(),
    )
    .optional();

/** What the document promises; blanks, and longer numbers that are neither infinite nor rounded to 0, are taken, too. */
const typedPattern = String.raw`^(\d{0,9}\.)?\d{1,9}(e[+-]?\d{1,2})?(/[1-9]\d{0,8})?$`;

/** A number as people read it in a figure. */
const typed = z
  .string()
  .meta({ pattern: typedPattern })
  .transform((text, context) => {
    const number = typedNumber(text);
    if (number !== null) return number;
    const message = 'must be a number of at least 0, or a fraction such as 8/255';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const filters = {
  experiment: several(shortId).describe(
    'Only this experiment; may be given several times. Without it the newest that have such a figure.',
  ),
  study: name.optional().describe('Only experiments of this preset, e.g. `simple-experiment`.'),
  architecture: several(name).describe(
    'Only models of this architecture; may be given several times. Figures without models are left as they are.',
  ),
  epsilon: several(typed).describe(
    'Only attacks of this epsilon, in [0,1] pixel units: `8/255`, or a decimal, which finds what rounds to it (`0.0314`). May be given several times. Clean accuracies stay.',
  ),
  seed: several(z.coerce.number().int().min(0)).describe('Only this seed; may be given several times.'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(20)
    .describe('Of so many experiments at most, the newest first.'),
};
const theme = z
  .enum(themeNames)
  .default('light')
  .describe('Colours of the drawing, which has a background of its own.');

export const figureQuery = z.strictObject(filters);
export const drawingQuery = z.strictObject({ ...filters, theme });
export const summaryQuery = z.strictObject({});
export const summaryDrawingQuery = z.strictObject({ theme });

const experimentFacts = {
  experimentId: z.string(),
  name: z.string().describe('Of the experiment.'),
  study: z.string().nullable(),
  profile: z.string().nullable(),
  state: z.enum(experimentStates),
  rowsPlanned: z.int().describe('Rows the figure will have when the experiment is done, before any filter.'),
};

/** The figures of a kind, one an experiment and definition, each row with its experiment. */
export function dashboardAnswer(kind: DashboardKind): z.ZodType {
  const figure: z.ZodObject = figures[kind].figure;
  const { rows, ...rest } = figure.shape;
  const row = (rows as unknown as z.ZodArray<z.ZodObject>).element;
  return z
    .object({
      kind: z.literal(kind),
      units: z.record(z.string(), z.string()).describe('What the numbers are in, by name.'),
      figures: z.array(
        z.object({
          ...experimentFacts,
          ...rest,
          rows: z.array(z.object({ experimentId: z.string(), ...row.shape })),
        }),
      ),
    })
    .meta({
      id: `Dashboard${componentName(kind)}`,
      description: 'Newest experiment first; only rows whose jobs are done.',
      examples: [dashboardExample(kind)],
    });
}

const states = z.object(
  Object.fromEntries(experimentStates.map((state) => [state, z.int()])) as {
    [State in (typeof experimentStates)[number]]: z.ZodInt;
  },
);

const headline = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string().describe('`fraction`, `1`, `nats` or `degrees`.'),
  n: z.int().describe('Examples, models or patterns: what was counted.'),
  ci95: z.array(z.number()).nullable().describe('95 % interval [lo, hi].'),
});

export const dashboardSummary = z
  .object({
    experiments: states.describe('Experiments by state.'),
    jobs: jobCounts.describe(`Jobs by state: ${jobStates.join(', ')}.`),
    studies: z.array(
      z.object({
        study: z.string(),
        experiments: states,
        newest: z
          .object({
            experimentId: z.string(),
            name: z.string(),
            profile: z.string().nullable(),
            headlines: z.array(headline),
          })
          .nullable()
          .describe('The newest experiment that has results.'),
      }),
    ),
  })
  .meta({ id: 'DashboardSummary', examples: [summaryExample] });

export const text = (description: string, mediaType: string) => ({
  description,
  content: { [mediaType]: { schema: z.string() } },
});
