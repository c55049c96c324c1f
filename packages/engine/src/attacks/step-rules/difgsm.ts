import { resizedAndPadded } from '../../ops/resized-and-padded.js';
import { type MifgsmRule, mifgsmRule } from './mifgsm.js';
import type { Ascent, StepRule } from './step-rule.js';

export interface DifgsmRule extends MifgsmRule {
  /** Smallest side of a resized image, as a fraction of its own, in (0,1]. */
  resizeRate: number;
  /** Probability that an image is resized at a step, in [0,1]. */
  diversityProbability: number;
}

/** Gradients of images resized and padded at random, then steps as MI-FGSM's, L∞ (Xie et al. 2019, section 3.2). */
export const difgsmRule = (
  set: Ascent,
  { resizeRate, diversityProbability, ...params }: DifgsmRule,
): StepRule => ({
  ...mifgsmRule(set, params),
  view: (x, seed) => resizedAndPadded(x, seed, { smallest: resizeRate, probability: diversityProbability }),
});
