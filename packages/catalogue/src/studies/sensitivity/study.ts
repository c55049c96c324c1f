import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { sensitivityShape } from './parameters.js';
import { smoke } from './smoke.js';
import { sensitivitySteps } from './steps.js';

export const sensitivity = defineStudy({
  title: 'How much hangs on the learning rate',
  description: 'How learning from D_det and D_rand depends on learning rate and augmentation.',
  about: `Fresh models of simple-experiment at every learning rate and augmentation.`,
  seeds: { smoke: [0], lab: [0, 1, 2], paper: [0] },
  shape: sensitivityShape,
  profiles: { smoke, lab, paper },
  steps: sensitivitySteps,
});
