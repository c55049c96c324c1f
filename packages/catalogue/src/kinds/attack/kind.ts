import { defineKind } from '../../definitions/kind-definition.js';
import { attackJob } from './job.js';
import { attackBytes, planAttack } from './plan.js';
import { attackProblems, attackReferences, attackStep, perturbedFacts } from './step.js';
import { attackJobWarnings, attackStepWarnings } from './warnings.js';

export const attack = defineKind({
  description: `Adversarial examples of a model's images, by a [method](#attacks). Averaged gradients (\`gradientSamples\`) are of copies that
are cropped, and mirrored where that keeps the class. Another \`blockSize\` gives other random numbers, so other bytes.`,
  job: attackJob,
  step: attackStep,
  references: attackReferences,
  facts: perturbedFacts,
  problems: attackProblems,
  stepWarnings: attackStepWarnings,
  jobWarnings: attackJobWarnings,
  plan: planAttack,
  memoryBytes: attackBytes,
});
