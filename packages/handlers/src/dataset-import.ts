import { importDataset } from '@toogit/datasets';
import type { JobHandler } from './context.js';

/** Brings a published data set into the artifact store. */
export const datasetImport: JobHandler<'dataset.import'> = async (context) => {
  const { params, artifacts, cacheDir, restrictedImagenetDir, signal } = context;
  const { parts, meta } = await importDataset({
    ...params,
    artifacts,
    cacheDir,
    restrictedImagenetDir,
    signal,
    onProgress: (progress) => context.progress(progress),
  });
  return { type: 'dataset', parts, meta };
};
