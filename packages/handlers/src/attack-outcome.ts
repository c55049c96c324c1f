import type { AttackEffect, AttackParams, AttackSuccess } from '@toogit/catalogue';
import { type Accuracy, accuracy } from '@toogit/engine';
import type { AdversarialColumns } from './adversarial-blocks.js';
import type { Input } from './inputs.js';
import { maximum, mean, proportionOrNull } from './summaries.js';

/** What became of an attack, by the definitions that all kinds of jobs share. */

type Labels = Pick<AdversarialColumns, 'originalLabels' | 'targetLabels'>;

/** Whether an example can succeed at all: not if its target is the class it is of. */
export const hasOtherTarget = ({ originalLabels, targetLabels }: Labels, index: number): boolean =>
  targetLabels[index] !== originalLabels[index];

/** At the target, or, untargeted, away from the label. */
export function attackSuccess(
  predictions: Int32Array,
  labels: Labels,
  { targets }: AttackParams,
): AttackSuccess {
  const { originalLabels, targetLabels } = labels;
  if (targets === 'none') {
    const left = predictions.filter((predicted, index) => predicted !== originalLabels[index]);
    return proportionOrNull(left.length, predictions.length);
  }
  const counted = predictions.filter((_, index) => hasOtherTarget(labels, index));
  const reached = predictions.filter(
    (predicted, index) => hasOtherTarget(labels, index) && predicted === targetLabels[index],
  );
  return proportionOrNull(reached.length, counted.length);
}

/** No class: an example that is wrong before the attack counts as wrong after it. */
const wrong = -1;

/** Right on the image and on the adversarial example, so never above clean accuracy on the same images. */
export const robustAccuracy = (clean: Int32Array, adversarial: Int32Array, labels: Int32Array): Accuracy =>
  accuracy(
    adversarial.map((predicted, index) => (clean[index] === labels[index] ? predicted : wrong)),
    labels,
  );

/** Of all blocks of an attack together. */
export function effectOf(
  blocks: Input<'adversarialExamples'>[],
  { perturbationNorm }: Pick<AdversarialColumns, 'perturbationNorm'>,
): AttackEffect {
  const total = (count: 'zeroGradients' | 'nonFiniteGradients') =>
    blocks.reduce((sum, { facts }) => sum + facts[count], 0);
  return {
    meanNorm: mean(perturbationNorm),
    maxNorm: maximum(perturbationNorm),
    zeroGradients: total('zeroGradients'),
    nonFiniteGradients: total('nonFiniteGradients'),
  };
}
