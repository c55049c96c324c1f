import type { tf } from '../../backend/tf.js';
import { type MifgsmRule, mifgsmRule } from './mifgsm.js';
import type { Ascent, StepRule } from './step-rule.js';

/**
 * MI-FGSM with the gradient taken at x + stepSize · decay · g(t), L∞ (Lin et al. 2020, eq. 6 to 8). Gradients in the sum
 * have mean magnitude 1 as in the authors' code; in the paper they have length 1 in L1, which looks ahead by next to nothing.
 */
export const nifgsmRule = (set: Ascent, params: MifgsmRule): StepRule => ({
  ...mifgsmRule(set, params),
  lookAt: (x, [sum]) => x.add((sum as tf.Tensor4D).mul(params.stepSize * params.decay)),
});
