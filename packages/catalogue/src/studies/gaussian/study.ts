import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { gaussianShape } from './parameters.js';
import { smoke } from './smoke.js';
import { gaussianSteps } from './steps.js';

export const gaussian = defineStudy({
  title: 'Two Gaussians: what robust training changes',
  description: 'Robust learning of two Gaussians: closed forms beside numerical optimisation.',
  about: `No networks: closed forms beside numerical optimisation.`,
  seeds: { smoke: [0], lab: [0], paper: [0] },
  shape: gaussianShape,
  profiles: { smoke, lab, paper },
  steps: gaussianSteps,
});
