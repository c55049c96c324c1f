import { defineKind } from '../../definitions/kind-definition.js';
import { attackJob } from './job.js';
import { attackBytes, planAttack } from './plan.js';
import { attackProblems, attackReferences, attackStep, perturbedFacts } from './step.js';
import { attackJobWarnings, attackStepWarnings } from './warnings.js';

export const attack = defineKind({
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
