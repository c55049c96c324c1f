import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { robustFeaturesShape } from './parameters.js';
import { smoke } from './smoke.js';
import { robustFeaturesSteps } from './steps.js';

export const robustFeatures = defineStudy({
  title: 'How much robustness lies in the data',
  description:
    'What standard training learns from the features of a robust model alone (D_R) and of a standard one (D_NR).',
  about: `Each training image becomes another that a robust (D_R) or a standard model (D_NR) represents as it does the original,
sought from an unrelated start; the label stays. All four models are attacked at each radius.`,
  seeds: { smoke: [0], lab: [0], paper: [0] },
  shape: robustFeaturesShape,
  profiles: { smoke, lab, paper },
  steps: robustFeaturesSteps,
});
