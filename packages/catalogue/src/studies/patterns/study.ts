import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { patternsStudyShape } from './parameters.js';
import { smoke } from './smoke.js';
import { patternsSteps } from './steps.js';

export const patterns = defineStudy({
  title: 'What the patterns look like',
  description: 'The perturbation patterns of each class, looked at, and shown to models that never saw them.',
  about: `Perturbations toward each class, made of test images, and what networks that never saw them classify them as.`,
  seeds: { smoke: [0], lab: [0], paper: [0] },
  shape: patternsStudyShape,
  profiles: { smoke, lab, paper },
  steps: patternsSteps,
});
