import { bytesCost } from '../../costs/bytes-cost.js';
import { smallResultMemory } from '../../costs/memory.js';
import { defineKind } from '../../definitions/kind-definition.js';
import { featureUsefulnessJob } from './job.js';
import { featureUsefulnessStep } from './step.js';

export const featureUsefulness = defineKind({
  description:
    'ρ-usefulness and γ-robust usefulness of each feature for each class against the rest (Ilyas et al. 2019, section 2).',
  job: featureUsefulnessJob,
  step: featureUsefulnessStep,
  references: { responses: ['feature-responses'] },
  facts: (step, of) => of(step.responses),
  plan: (_, { responses }, context) => [
    { params: {}, seed: 0, inputs: { responses: context.keys(responses) }, cost: bytesCost(100_000) },
  ],
  memoryBytes: () => smallResultMemory,
});
