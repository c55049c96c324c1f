import type { z } from 'zod';
import { attack } from './kinds/attack.js';
import { datasetImport } from './kinds/dataset-import.js';
import { evaluate } from './kinds/evaluate.js';
import { featureResponses } from './kinds/feature-responses.js';
import { featureUsefulness } from './kinds/feature-usefulness.js';
import { invert } from './kinds/invert.js';
import { patterns } from './kinds/patterns.js';
import { report } from './kinds/report.js';
import { synthesize } from './kinds/synthesize.js';
import { theory } from './kinds/theory.js';
import { train } from './kinds/train.js';
import { transferMatrix } from './kinds/transfer-matrix.js';

export const jobKinds = {
  'dataset.import': datasetImport,
  train,
  attack,
  invert,
  synthesize,
  evaluate,
  'transfer-matrix': transferMatrix,
  'feature-responses': featureResponses,
  'feature-usefulness': featureUsefulness,
  patterns,
  theory,
  report,
} as const;

export type JobKind = keyof typeof jobKinds;
export type JobParams<K extends JobKind> = z.infer<(typeof jobKinds)[K]['params']>;
export type JobResult<K extends JobKind> = z.infer<(typeof jobKinds)[K]['result']>;

export const jobKindNames = Object.keys(jobKinds) as JobKind[];
