import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';
import { problem } from '../problem.js';

export const fgsm = defineAttack({
  title: 'FGSM',
  summary: 'one step of epsilon along the steepest ascent of the loss in the norm',
  source: 'Goodfellow et al. 2015, arXiv:1412.6572',
  norms: ['l2', 'linf'],
  parameters: {},
  defaultSteps: 1,
  stepsToEpsilon: 1,
  passesPerStep: gradientPasses,
  problems: ({ steps }) =>
    steps === 1 ? [] : [problem('steps', 'FGSM takes one step; bim and pgd take several')],
  wording: () => [],
});
