import { settingName } from '@toogit/core';
import { z } from 'zod';
import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';
import { momentum, momentumWording } from './momentum.js';

export const difgsm = defineAttack({
  title: 'DI²-FGSM',
  summary: 'gradients of images that are resized and padded at random, which transfer better',
  source: 'Xie et al. 2019, arXiv:1803.06978',
  norms: ['linf'],
  parameters: {
    resizeRate: z
      .number()
      .positive()
      .max(1)
      .describe(
        'Of difgsm: an image is resized to between this fraction of its side and the whole, then padded; 0.9 unless given.',
      )
      .default(0.9),
    diversityProbability: z
      .number()
      .min(0)
      .max(1)
      .describe('Of difgsm: probability that an image is resized at a step; 0.5 unless given.')
      .default(0.5),
    ...momentum(0),
  },
  defaultSteps: 10,
  stepsToEpsilon: 'all',
  passesPerStep: gradientPasses,
  wording: ({ resizeRate, diversityProbability, ...rest }) => [
    `resize ${settingName(resizeRate)} with probability ${settingName(diversityProbability)}`,
    ...momentumWording(rest),
  ],
});
