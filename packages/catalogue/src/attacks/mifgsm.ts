import { settingName } from '@toogit/core';
import { z } from 'zod';
import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';

export const mifgsm = defineAttack({
  title: 'MI-FGSM',
  summary: 'steps along a running sum of normalised gradients, which transfer better',
  source: 'Dong et al. 2018, arXiv:1710.06081',
  norms: ['l2', 'linf'],
  parameters: {
    decay: z
      .number()
      .min(0)
      .max(10)
      .describe('Of mifgsm: share of the sum that stays at each step (μ); 0 is PGD, 1 unless given.')
      .default(1),
  },
  // So that the steps together reach epsilon and no further.
  defaultStepSize: ({ epsilon, steps }) => (epsilon > 0 ? epsilon / steps : 0.1),
  passesPerStep: gradientPasses,
  wording: ({ decay }) => [`momentum ${settingName(decay)}`],
});
