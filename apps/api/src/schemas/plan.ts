import { jobKindNames } from '@toogit/jobs';
import { z } from 'zod';
import { digest } from './values.js';
import { warning, warningsNote } from './warning.js';

export const planSummary = z
  .object({
    name: z.string(),
    study: z.string().nullable(),
    profile: z.string().nullable(),
    specDigest: digest,
    jobs: z.int(),
    cached: z.int().describe('Jobs whose result exists already.'),
    byKind: z.partialRecord(z.enum(jobKindNames), z.int()).describe('Jobs by kind.'),
    estimatedFlops: z.number().describe('Of the jobs that are not cached.'),
    estimatedBytes: z.number().describe('Of the jobs that are not cached.'),
    estimatedSeconds: z.number().describe('Compute time of one worker at `flopsPerSecond`.'),
    flopsPerSecond: z.number().describe('What the estimate takes two current cores to reach.'),
    steps: z.array(z.object({ name: z.string(), kind: z.string(), jobs: z.int(), cached: z.int() })),
    warnings: z.array(warning).describe(warningsNote),
  })
  .meta({ id: 'PlanSummary', description: 'What a spec amounts to before anything runs.' });
