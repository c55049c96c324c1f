import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';
import { momentum, momentumWording } from './momentum.js';

export const mifgsm = defineAttack({
  title: 'MI-FGSM',
  summary: 'steps along a running sum of normalised gradients, which transfer better',
  source: 'Dong et al. 2018, arXiv:1710.06081',
  norms: ['l2', 'linf'],
  parameters: momentum(1),
  defaultSteps: 10,
  stepsToEpsilon: 'all',
  passesPerStep: gradientPasses,
  wording: momentumWording,
});
