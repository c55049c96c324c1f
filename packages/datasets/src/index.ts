export {
  type DatasetArtifact,
  type DatasetContent,
  type DatasetExamples,
  examplesPerPart,
  readColumns,
  readDataset,
  writeDataset,
} from './dataset-artifact.js';
export { importDataset } from './import-dataset.js';
export type { ImportOptions } from './import-options.js';
export { pixelDigest } from './pixel-digest.js';
