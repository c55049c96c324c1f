import type { Construction } from '@toogit/catalogue';
import type { JobContext, JobHandler, JobOutput } from './context.js';
import { type Input, oneInput } from './inputs.js';
import { synthesizeAdversarial } from './synthesize-adversarial.js';
import { synthesizeInverted } from './synthesize-inverted.js';
import { synthesizeMislabelled } from './synthesize-mislabelled.js';

/** How a data set is made of another one and what other jobs found about it. */
export type Synthesis = (
  context: JobContext<'synthesize'>,
  dataset: Input<'dataset'>,
) => Promise<Omit<JobOutput<'synthesize'>, 'type'>>;

const syntheses: Record<Construction, Synthesis> = {
  d_det: synthesizeAdversarial,
  d_rand: synthesizeAdversarial,
  d_robust: synthesizeInverted,
  d_nonrobust: synthesizeInverted,
  mislabelled: synthesizeMislabelled,
};

/** A training set made of other jobs' examples. */
export const synthesize: JobHandler<'synthesize'> = async (context) => {
  const dataset = oneInput(context, 'dataset', 'dataset');
  return { type: 'dataset', ...(await syntheses[context.params.construction](context, dataset)) };
};
