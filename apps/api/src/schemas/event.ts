import { experimentStates } from '@toogit/jobs';
import { z } from 'zod';
import { experiment, experimentSummary } from './experiment.js';
import { job } from './job.js';

/** The server-sent events of an experiment: `event` is the event's name, `data` its data. */
export const experimentEvent = z
  .discriminatedUnion('event', [
    z.object({
      event: z.literal('snapshot'),
      data: z.object({ experiment, jobs: z.array(job) }),
    }),
    z.object({ event: z.literal('job'), data: job }),
    z.object({ event: z.literal('experiment'), data: experimentSummary }),
    z.object({ event: z.literal('end'), data: z.object({ state: z.enum(experimentStates) }) }),
  ])
  .meta({
    id: 'ExperimentEvent',
    description:
      'First `snapshot`; then `job` and `experiment` as they change, each whole; then `end`, and the stream closes.',
  });

export type ExperimentEvent = z.infer<typeof experimentEvent>;
