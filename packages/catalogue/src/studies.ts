import type { Study } from './definitions/study-definition.js';
import { controls } from './studies/controls/study.js';
import { epsilonSweep } from './studies/epsilon-sweep/study.js';
import { featureUsefulness } from './studies/feature-usefulness/study.js';
import { gaussian } from './studies/gaussian/study.js';
import { patterns } from './studies/patterns/study.js';
import { robustFeatures } from './studies/robust-features/study.js';
import { sensitivity } from './studies/sensitivity/study.js';
import { simpleExperiment } from './studies/simple-experiment/study.js';
import { transferability } from './studies/transferability/study.js';

/** Every preset, by the name that a spec calls it. */
export const studies = {
  'simple-experiment': simpleExperiment,
  'robust-features': robustFeatures,
  transferability,
  sensitivity,
  'epsilon-sweep': epsilonSweep,
  'feature-usefulness': featureUsefulness,
  gaussian,
  patterns,
  controls,
} as const satisfies Record<string, Study>;

export type StudyName = keyof typeof studies;
export const studyNames = Object.keys(studies) as [StudyName, ...StudyName[]];

export const isStudy = (name: string): name is StudyName => Object.hasOwn(studies, name);
