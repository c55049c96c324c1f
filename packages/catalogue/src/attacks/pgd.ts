import { z } from 'zod';
import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';

export const pgd = defineAttack({
  title: 'PGD',
  summary: 'steps of one length along the steepest ascent of the loss in the norm',
  source: 'Madry et al. 2018, arXiv:1706.06083',
  norms: ['l2', 'linf'],
  parameters: {
    bestIterate: z
      .boolean()
      .describe(
        'Of pgd: each image is the best of all iterates, success first, then loss, in place of the last; one forward pass more a step.',
      )
      .default(false),
  },
  defaultSteps: 100,
  stepsToEpsilon: 5,
  passesPerStep: gradientPasses,
  wording: ({ bestIterate }) => (bestIterate ? ['best iterate'] : []),
});
