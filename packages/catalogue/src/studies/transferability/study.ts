import { defineStudy } from '../../definitions/study-definition.js';
import { lab } from './lab.js';
import { paper } from './paper.js';
import { transferabilityShape } from './parameters.js';
import { smoke } from './smoke.js';
import { transferabilitySteps } from './steps.js';

export const transferability = defineStudy({
  title: 'What transfers, and what is learned',
  description:
    'Whether architectures that learn more from another network’s D_det are those to which its attacks transfer better.',
  about: `The source, which makes the D_det, is trained apart from all the standard models; \`architecture\` and \`width\` are the source's.`,
  seeds: { smoke: [0], lab: [0, 1, 2], paper: [0] },
  shape: transferabilityShape,
  profiles: { smoke, lab, paper },
  steps: transferabilitySteps,
});
