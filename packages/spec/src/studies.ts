import { controls } from './controls/study.js';
import { featureUsefulness } from './feature-usefulness/study.js';
import { gaussian } from './gaussian/study.js';
import { patterns } from './patterns/study.js';
import { robustFeatures } from './robust-features/study.js';
import { sensitivity } from './sensitivity/study.js';
import { simpleExperiment } from './simple-experiment/study.js';
import type { Study } from './study.js';
import { transferability } from './transferability/study.js';

/** Every preset, by the name that a spec calls it. */
export const studies = {
  'simple-experiment': simpleExperiment,
  'robust-features': robustFeatures,
  transferability,
  sensitivity,
  'feature-usefulness': featureUsefulness,
  gaussian,
  patterns,
  controls,
} as const satisfies Record<string, Study>;

export type StudyName = keyof typeof studies;
export const studyNames = Object.keys(studies) as [StudyName, ...StudyName[]];
