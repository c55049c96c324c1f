import { estimateBases, jobKindNames } from '@toogit/catalogue';
import { z } from 'zod';
import { digest } from './values.js';
import { warning, warningsNote } from './warning.js';

const kindEstimate = z
  .object({
    kind: z.enum(jobKindNames),
    jobs: z.int(),
    flops: z.number(),
    seconds: z.number(),
    basis: z
      .enum(estimateBases)
      .describe(
        'What the seconds come from: `measured`, past jobs of this kind on such a device; `probe`, a worker that has timed a small network; `nominal`, neither.',
      ),
    pastJobs: z.int().describe('How many past jobs were measured.'),
  })
  .meta({ id: 'KindEstimate', description: 'The jobs of one kind that are not cached.' });

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
    estimatedSeconds: z.number().describe('Of one worker that does one job after the other.'),
    device: z
      .string()
      .nullable()
      .describe('What the times are of: `cuda`, `cpu` or `js`. Null: no worker is there and none has been.'),
    estimates: z.array(kindEstimate),
    steps: z.array(z.object({ name: z.string(), kind: z.string(), jobs: z.int(), cached: z.int() })),
    warnings: z.array(warning).describe(warningsNote),
  })
  .meta({ id: 'PlanSummary', description: 'What a spec amounts to before anything runs.' });
