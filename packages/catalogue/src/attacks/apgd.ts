import { z } from 'zod';
import { gradientPasses } from '../costs/tensor-cost.js';
import { defineAttack } from '../definitions/attack-definition.js';
import { problem } from '../problem.js';

/** Logits that the difference of logits ratio compares. */
const fewestClasses = 3;

export const apgd = defineAttack({
  title: 'APGD',
  summary: 'steps with momentum, halved where the loss no longer rises; each image keeps its best point',
  source: 'Croce and Hein 2020, arXiv:2003.01690',
  norms: ['l2', 'linf'],
  parameters: {
    loss: z
      .enum(['ce', 'dlr'])
      .describe(
        'Of apgd: cross-entropy, or difference of logits ratio, which no scale of the logits changes; ce unless given.',
      )
      .default('ce'),
  },
  defaultSteps: 100,
  stepsToEpsilon: 0.5,
  shortensSteps: true,
  passesPerStep: gradientPasses,
  problems: ({ loss, targets, gradientSamples, nonTransferModels }, classes) => [
    ...(loss === 'dlr' && targets !== 'none'
      ? [problem('loss', 'dlr is of the label alone: with targets, leave loss out')]
      : []),
    ...(loss === 'dlr' && classes !== null && classes < fewestClasses
      ? [
          problem(
            'loss',
            `dlr compares ${fewestClasses} classes and the model has ${classes}; leave loss out`,
          ),
        ]
      : []),
    ...(gradientSamples > 1 ? [problem('gradientSamples', 'APGD averages no gradients; pgd does')] : []),
    ...(nonTransferModels.length > 0
      ? [problem('nonTransferModels', 'APGD has no non-transfer models; pgd has')]
      : []),
  ],
  wording: ({ loss }) => (loss === 'ce' ? [] : ['difference of logits ratio']),
});
