import { defineKind } from '../../definitions/kind-definition.js';
import { trainJob } from './job.js';
import { planTraining, trainingBytes } from './plan.js';
import { resolveTraining, trainProblems, trainReferences, trainStep } from './step.js';
import { trainJobWarnings, trainStepWarnings } from './warnings.js';

export const train = defineKind({
  description: `A network trained by SGD. With \`schedule: {kind: step}\` the learning rate is multiplied by \`factor\` every \`everyEpochs\`;
with \`{kind: linear}\` it rises over \`warmupFraction\` of the training, then falls to 0. With \`adversarial\`, untargeted PGD
perturbs each batch first (Madry et al. 2018). An epoch is cut into batches as even as can be; a data set smaller than a
batch is one batch, with a warning. A checkpoint is stored at most every 10 s. On CPUs without bfloat16, \`bfloat16\` is
[float32](engine.md#precision).`,
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
