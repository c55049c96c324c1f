import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';
import { momentum, momentumWording } from './momentum.js';

export const nifgsm = defineAttack({
  title: 'NI-FGSM',
  summary: 'MI-FGSM with gradients taken one step ahead along the sum (Nesterov)',
  source: 'Lin et al. 2020, arXiv:1908.06281',
  norms: ['linf'],
  parameters: momentum(1),
  defaultSteps: 10,
  stepsToEpsilon: 'all',
  passesPerStep: gradientPasses,
  wording: momentumWording,
});
