import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { controlsShape } from './parameters.js';
import { smoke } from './smoke.js';
import { controlsSteps } from './steps.js';

export const controls = defineStudy({
  title: 'What the claim must survive',
  description:
    'The simple experiment beside what its critics asked: leakage, mislabelled images, perturbations that are just bugs.',
  seeds: { smoke: [0], lab: [0], paper: [0] },
  shape: controlsShape,
  profiles: { smoke, lab, paper },
  steps: controlsSteps,
});
