import { settingName } from '@toogit/core';
import { z } from 'zod';
import { defineAttack } from '../definitions/attack-definition.js';
import { problem } from '../problem.js';

export const square = defineAttack({
  title: 'Square',
  summary: 'random search by squares of ±epsilon, without gradients: a check on models that hide theirs',
  source: 'Andriushchenko et al. 2020, arXiv:1912.00049',
  norms: ['linf'],
  parameters: {
    firstShare: z
      .number()
      .positive()
      .max(1)
      .describe('Of square: share of the pixels in the first squares; 0.8 unless given.')
      .default(0.8),
  },
  defaultSteps: 5_000,
  stepsToEpsilon: 1,
  passesPerStep: 1,
  problems: ({ epsilon, stepSize, gradientSamples, nonTransferModels }) => [
    ...(epsilon > 0 && stepSize !== epsilon
      ? [problem('stepSize', 'the squares of Square are of epsilon: leave stepSize out')]
      : []),
    ...(gradientSamples > 1 ? [problem('gradientSamples', 'Square takes no gradients')] : []),
    ...(nonTransferModels.length > 0
      ? [problem('nonTransferModels', 'Square has no non-transfer models; pgd has')]
      : []),
  ],
  wording: ({ firstShare }) =>
    firstShare === 0.8 ? [] : [`first squares ${settingName(firstShare)} of the image`],
});
