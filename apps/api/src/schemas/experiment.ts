import { experimentStates } from '@toogit/catalogue';
import { z } from 'zod';
import { digest, jobCounts, nextCursor, time } from './values.js';
import { warning, warningsNote } from './warning.js';

const summary = {
  id: z.string(),
  name: z.string(),
  study: z.string().nullable().describe('The preset it came from, e.g. `simple-experiment`.'),
  profile: z.string().nullable().describe('`smoke`, `lab` or `paper` for presets.'),
  specDigest: digest.describe('sha256 of the resolved spec in canonical JSON.'),
  state: z.enum(experimentStates),
  priority: z.int().describe('−100 to 100; higher goes first among the experiments of its project.'),
  pausedAt: time.nullable().describe('Since when nothing of it begins; null unless it is paused.'),
  jobs: jobCounts,
  createdAt: time,
  finishedAt: time.nullable(),
};

export const experimentSummary = z.object(summary).meta({ id: 'ExperimentSummary' });

export const step = z
  .object({ name: z.string(), kind: z.string(), jobKeys: z.array(digest) })
  .meta({ id: 'Step', description: 'A step of the spec and the jobs it became, in block order.' });

export const experiment = z
  .object({
    ...summary,
    spec: z.unknown().describe('The spec as it was sent.'),
    resolvedSpec: z.unknown().describe('The spec with every default written out.'),
    steps: z.array(step),
    warnings: z.array(warning).describe(warningsNote),
  })
  .meta({ id: 'Experiment' });

export const experimentList = z
  .object({ items: z.array(experimentSummary), nextCursor })
  .meta({ id: 'ExperimentList', description: 'Newest first.' });
