import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { featureUsefulnessShape } from './parameters.js';
import { smoke } from './smoke.js';
import { featureUsefulnessSteps } from './steps.js';

export const featureUsefulness = defineStudy({
  title: 'Useful features, robust and not',
  description:
    'How useful, and how robustly useful, each penultimate feature of a standard and of a robust model is.',
  about: `The standard and the robust model of robust-features, and how useful each of their features is.`,
  seeds: { smoke: [0], lab: [0], paper: [0] },
  shape: featureUsefulnessShape,
  profiles: { smoke, lab, paper },
  steps: featureUsefulnessSteps,
});
