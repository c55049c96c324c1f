import { z } from 'zod';
import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';
import { momentum, momentumWording } from './momentum.js';

export const tifgsm = defineAttack({
  title: 'TI-FGSM',
  summary: 'gradients smoothed by a Gaussian, as if averaged over shifted images; they transfer better',
  source: 'Dong et al. 2019, arXiv:1904.02884',
  norms: ['linf'],
  parameters: {
    kernelSize: z
      .int()
      .min(1)
      .max(63)
      .refine((size) => size % 2 === 1, 'must be odd')
      .describe(
        'Of tifgsm: side of the Gaussian in pixels, which spans three standard deviations either way; odd, 15 unless given.',
      )
      .default(15),
    ...momentum(0),
  },
  defaultSteps: 10,
  stepsToEpsilon: 'all',
  passesPerStep: gradientPasses,
  wording: ({ kernelSize, ...rest }) => [`kernel ${kernelSize}`, ...momentumWording(rest)],
});
