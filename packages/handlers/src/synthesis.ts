import type { JobContext, JobOutput } from './context.js';
import type { Input } from './inputs.js';

/** How a data set is made of another one and what other jobs found about it. */
export type Synthesis = (
  context: JobContext<'synthesize'>,
  dataset: Input<'dataset'>,
) => Promise<Omit<JobOutput<'synthesize'>, 'type'>>;
