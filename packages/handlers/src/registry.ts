import type { JobKind } from '@toogit/catalogue';
import type { JobHandler } from './context.js';

/**
 * What runs each kind of job. Loaded with the first job of the kind, since compute processes start often (after every
 * failure), and half of that time would go to what most of them never use: charts, image decoders, TensorFlow.
 */
export const handlers: { [K in JobKind]: JobHandler<K> } = {
  'dataset.import': async (context) => (await import('./dataset-import.js')).datasetImport(context),
  train: async (context) => (await import('./train.js')).train(context),
  attack: async (context) => (await import('./attack.js')).attack(context),
  invert: async (context) => (await import('./invert.js')).invert(context),
  synthesize: async (context) => (await import('./synthesize.js')).synthesize(context),
  evaluate: async (context) => (await import('./evaluate.js')).evaluate(context),
  'transfer-matrix': async (context) => (await import('./transfer-matrix.js')).transferMatrix(context),
  'feature-responses': async (context) => (await import('./feature-responses.js')).featureResponses(context),
  'feature-usefulness': async (context) =>
    (await import('./feature-usefulness.js')).featureUsefulness(context),
  patterns: async (context) => (await import('./patterns.js')).patterns(context),
  theory: async (context) => (await import('./theory.js')).theory(context),
  report: async (context) => (await import('./report.js')).report(context),
};
