import type { Construction } from '@toogit/catalogue';
import type { JobHandler } from './context.js';
import { oneInput } from './inputs.js';
import type { Synthesis } from './synthesis.js';
import { synthesizeAdversarial } from './synthesize-adversarial.js';
import { synthesizeInverted } from './synthesize-inverted.js';
import { synthesizeMislabelled } from './synthesize-mislabelled.js';

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
