import { defineKind } from '../../definitions/kind-definition.js';
import { trainJob } from './job.js';
import { planTraining, trainingBytes } from './plan.js';
import { resolveTraining, trainProblems, trainReferences, trainStep } from './step.js';
import { trainJobWarnings, trainStepWarnings } from './warnings.js';

export const train = defineKind({
  job: trainJob,
  step: trainStep,
  references: trainReferences,
  facts: (step, of) => of(step.dataset),
  resolve: resolveTraining,
  problems: trainProblems,
  stepWarnings: trainStepWarnings,
  jobWarnings: trainJobWarnings,
  plan: planTraining,
  memoryBytes: trainingBytes,
});
