import { gaussianStudy } from '@toogit/theory';
import type { JobHandler } from './context.js';

/** The paper's Gaussian model: all of the study is the result. */
export const theory: JobHandler<'theory'> = async (context) => {
  const { params, seed, signal } = context;
  const meta = await gaussianStudy(
    { ...params, seed },
    { signal, onProgress: (progress) => context.progress({ ...progress, unit: 'fits' }) },
  );
  for (const { dimension, closedFormChecks } of meta.dimensions) {
    for (const { epsilon, maxRelativeDifference, basis } of closedFormChecks) {
      context.metric({
        name: 'closedFormDifference',
        value: maxRelativeDifference,
        unit: '1',
        step: null,
        n: null,
        ci95: null,
        context: { dimension, epsilon, basis, conditionNumber: params.conditionNumber, seed },
      });
    }
  }
  return { type: 'theory', parts: [], meta };
};
