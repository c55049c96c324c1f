import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { simpleExperimentShape } from './parameters.js';
import { smoke } from './smoke.js';
import { simpleExperimentSteps } from './steps.js';

export const simpleExperiment = defineStudy({
  title: 'What is learned from adversarial examples alone',
  description:
    'A fresh network that learns only relabelled adversarial images (D_det, D_rand), measured on the original test set.',
  about: `A standard model is trained on D. Its training images become targeted adversarial examples, relabelled with their targets:
y+1 for D_det, a random class for D_rand. Fresh models learn only those and are measured on the original test set.`,
  seeds: { smoke: [0], lab: [0, 1, 2], paper: [0] },
  shape: simpleExperimentShape,
  profiles: { smoke, lab, paper },
  steps: simpleExperimentSteps,
});
