import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';
import { problem } from '../problem.js';

export const bim = defineAttack({
  title: 'BIM',
  summary: 'several steps of FGSM from the image itself',
  source: 'Kurakin et al. 2017, arXiv:1607.02533',
  norms: ['linf'],
  parameters: {},
  defaultSteps: 10,
  stepsToEpsilon: 'all',
  passesPerStep: gradientPasses,
  problems: ({ randomStart }) =>
    randomStart ? [problem('randomStart', 'BIM starts from the image; pgd may start at random')] : [],
  wording: () => [],
});
