import { jobKindNames } from '@toogit/catalogue';
import { z } from 'zod';
import { digest, nextCursor } from './values.js';

export const metric = z
  .object({
    name: z.string(),
    value: z.number(),
    unit: z.string(),
    step: z.int().nullable().describe('Position in a series (epoch); null for a single value.'),
    n: z.int().nullable().describe('Number of examples it was measured on.'),
    ci95: z.array(z.number()).nullable().describe('95 % interval [lo, hi].'),
    context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    jobKey: digest,
    stepName: z.string().nullable().describe('Step of the experiment it comes from.'),
    kind: z.enum(jobKindNames),
  })
  .meta({ id: 'Metric', description: 'A number with its context.' });

export const metricList = z.object({ items: z.array(metric), nextCursor }).meta({ id: 'MetricList' });
