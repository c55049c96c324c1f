import { simpleExperiment } from './simple-experiment/study.js';
import type { Study } from './study.js';

/** Every preset, by the name that a spec calls it. */
export const studies = {
  'simple-experiment': simpleExperiment,
} as const satisfies Record<string, Study>;

export type StudyName = keyof typeof studies;
export const studyNames = Object.keys(studies) as [StudyName, ...StudyName[]];
