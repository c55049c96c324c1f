import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { controlsShape } from './parameters.js';
import { smoke } from './smoke.js';
import { controlsSteps } from './steps.js';

export const controls = defineStudy({
  title: 'What the claim must survive',
  description:
    'The simple experiment beside the controls that its critics called for: leakage, mislabelled images, adversarial examples that do not transfer.',
  about: `Beside the rows of simple-experiment: linear probes on D_det and D_rand that see only the features of a robust model (Goh's
leakage); a fresh model that learns an early-stopped model's mistakes on unperturbed images (Wallace); a fresh model that
learns from adversarial examples that transfer to no other model (Nakkiran's "just bugs"), measured on the test set and on
the test set labelled y+1.`,
  seeds: { smoke: [0], lab: [0], paper: [0] },
  shape: controlsShape,
  profiles: { smoke, lab, paper },
  steps: controlsSteps,
});
