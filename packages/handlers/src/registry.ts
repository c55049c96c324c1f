import type { JobKind } from '@toogit/jobs';
import { attack } from './attack.js';
import type { JobHandler } from './context.js';
import { datasetImport } from './dataset-import.js';
import { evaluate } from './evaluate.js';
import { featureResponses } from './feature-responses.js';
import { featureUsefulness } from './feature-usefulness.js';
import { invert } from './invert.js';
import { patterns } from './patterns.js';
import { report } from './report.js';
import { synthesize } from './synthesize.js';
import { theory } from './theory.js';
import { train } from './train.js';
import { transferMatrix } from './transfer-matrix.js';

/** What runs each kind of job. */
export const handlers: { [K in JobKind]: JobHandler<K> } = {
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
};
