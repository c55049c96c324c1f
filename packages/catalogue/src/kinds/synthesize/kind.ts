import { bytesCost } from '../../costs/bytes-cost.js';
import { synthesisMemory } from '../../costs/memory.js';
import { defineKind, type PlanContext } from '../../definitions/kind-definition.js';
import type { AttackStep } from '../attack/step.js';
import type { EvaluateStep } from '../evaluate/step.js';
import type { InvertStep } from '../invert/step.js';
import { synthesizeJob } from './job.js';
import {
  type SynthesizeStep,
  synthesizedFacts,
  synthesizeProblems,
  synthesizeReferences,
  synthesizeStep,
} from './step.js';

export const synthesize = defineKind({
  description: `A data set made of what another step found. \`d_det\` and \`d_rand\` are adversarial examples labelled with their targets (y+1, a
random class); \`d_robust\` and \`d_nonrobust\` are inversions of an adversarially trained and of another model, with their
original labels; \`mislabelled\` is the mistakes of an evaluation on unperturbed images, labelled as the model classified
them. How many images a \`mislabelled\` set holds is known only when it is made, so it can be trained on, but not attacked.`,
  job: synthesizeJob,
  step: synthesizeStep,
  references: synthesizeReferences,
  facts: synthesizedFacts,
  problems: synthesizeProblems,
  plan(name, step: SynthesizeStep, context) {
    const { role, dataset } = originOf(step, context);
    const none = { adversarialExamples: [], invertedExamples: [], evaluation: [] };
    const inputs = { dataset: context.keys(dataset), ...none, [role]: context.keys(step.examples) };
    // Five columns of 17 bytes together; the images are shared with the blocks.
    const cost = bytesCost(17 * context.images(name).examples);
    return [{ params: { construction: step.construction }, seed: 0, inputs, cost }];
  },
  memoryBytes: (_, step, context) =>
    synthesisMemory(context.images(originOf(step, context).dataset), step.construction === 'mislabelled'),
});

/** What the set is made of, by the role of the input that holds it, and the images that these were made from. */
function originOf({ examples }: SynthesizeStep, context: PlanContext) {
  const attack = context.find<AttackStep>(examples, 'attack');
  if (attack) return { role: 'adversarialExamples', dataset: attack.dataset };
  const inversion = context.find<InvertStep>(examples, 'invert');
  if (inversion) return { role: 'invertedExamples', dataset: inversion.dataset };
  return { role: 'evaluation', dataset: context.step<EvaluateStep>(examples, 'evaluate').dataset };
}
