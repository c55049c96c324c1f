import { defineStudy } from '../../definitions/study-definition.js';
import { epsilonSweepShape } from './parameters.js';
import { profiles } from './profiles.js';
import { epsilonSweepSteps } from './steps.js';

export const epsilonSweep = defineStudy({
  title: 'How large perturbations must be',
  description: 'What a fresh network learns from a D_det, by the radius of the perturbations that made it.',
  about:
    'The attack of simple-experiment at several radii; a fresh model learns from each D_det and is measured on the original test set.',
  seeds: { smoke: [0], lab: [0, 1, 2], paper: [0] },
  shape: epsilonSweepShape,
  profiles,
  steps: epsilonSweepSteps,
});
