import type { JobKind } from '@toogit/jobs';
import { attack } from './attack.js';
import type { JobHandler } from './context.js';
import { datasetImport } from './dataset-import.js';
import { evaluate } from './evaluate.js';
import { invert } from './invert.js';
import { report } from './report.js';
import { synthesize } from './synthesize.js';
import { train } from './train.js';

/** What runs each kind of job. */
export const handlers: { [K in JobKind]: JobHandler<K> } = {
  'dataset.import': datasetImport,
  train,
  attack,
  invert,
  synthesize,
  evaluate,
  report,
};
