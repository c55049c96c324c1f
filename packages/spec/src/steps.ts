import type { Augmentation } from '@toogit/catalogue';
import { z } from 'zod';
import {
  evaluate,
  featureResponses,
  featureUsefulness,
  patterns,
  theory,
  transferMatrix,
} from './steps/analysis.js';
import { attack } from './steps/attack.js';
import { dataset, invert, synthesize } from './steps/dataset.js';
import { report } from './steps/report.js';
import { train } from './steps/train.js';

export { featurePerturbationShape, patternsShape, theoryShape } from './steps/analysis.js';
export { attackShape } from './steps/attack.js';
export { inversionShape } from './steps/dataset.js';
export { adversarialShape, trainingShape } from './steps/train.js';
export { defaultStepSize } from './steps/values.js';

/** The steps of a graph. Defaults are the paper's (Ilyas et al. 2019) where it states a value. */
export const stepSchema = z.discriminatedUnion('kind', [
  dataset,
  train,
  attack,
  invert,
  synthesize,
  evaluate,
  transferMatrix,
  featureResponses,
  featureUsefulness,
  patterns,
  theory,
  report,
]);

export type StepInput = z.input<typeof stepSchema>;
/** A step with every default filled in that does not depend on other steps. */
export type ParsedStep = z.output<typeof stepSchema>;
export type ParsedSteps = Record<string, ParsedStep>;
/** A step with every default filled in. */
export type ResolvedStep =
  | Exclude<ParsedStep, { kind: 'train' }>
  | (Extract<ParsedStep, { kind: 'train' }> & { augmentation: Augmentation });
export type StepKind = ResolvedStep['kind'];
export type ResolvedSteps = Record<string, ResolvedStep>;
export type StepOf<K extends StepKind> = Extract<ResolvedStep, { kind: K }>;
