import { experimentStates } from '@toogit/catalogue';
import { z } from 'zod';
import { experiment, experimentSummary } from './experiment.js';
import { jobStatus } from './job.js';

const jobsSoFar = {
  jobs: z.array(jobStatus),
  complete: z.boolean().describe('Whether these are the last; else a `jobs` event follows.'),
};

/** The server-sent events of an experiment: `event` is the event's name, `data` its data. */
export const experimentEvent = z
  .discriminatedUnion('event', [
    z.object({
      event: z.literal('snapshot'),
      data: z.object({ experiment, ...jobsSoFar }),
    }),
    z.object({ event: z.literal('jobs'), data: z.object(jobsSoFar) }),
    z.object({ event: z.literal('job'), data: jobStatus }),
    z.object({ event: z.literal('experiment'), data: experimentSummary }),
    z.object({ event: z.literal('end'), data: z.object({ state: z.enum(experimentStates) }) }),
  ])
  .meta({
    id: 'ExperimentEvent',
    description:
      'First `snapshot`, and `jobs` until all are there; then `job` and `experiment` as they change; then `end`, and the stream closes.',
  });

export type ExperimentEvent = z.infer<typeof experimentEvent>;
