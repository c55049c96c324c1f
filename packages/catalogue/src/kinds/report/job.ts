import { z } from 'zod';
import { defineJob } from '../../definitions/job-definition.js';
import { figure, plannedFigure } from '../../figures.js';

const params = z.strictObject({
  study: z.string(),
  profile: z.string().nullable(),
  specDigest: z.string(),
  figures: z.array(plannedFigure).min(1),
});
export type ReportParams = z.output<typeof params>;

/** Parts `report.json`, `report.html`; result is report.json itself. One report covers every point of an experiment. */
export const reportJob = defineJob({
  kind: 'report',
  version: 4,
  resource: 'cpu',
  params,
  inputs: { sources: { artifact: 'any', arity: 'many' } },
  output: 'report',
  result: z.strictObject({
    study: z.string(),
    profile: z.string().nullable(),
    specDigest: z.string(),
    figures: z.array(figure),
    /** Digests of the sources, in their order. */
    sources: z.array(z.string()),
  }),
  maxAttempts: 3,
});
