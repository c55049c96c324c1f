export {
  type DatasetArtifact,
  type DatasetContent,
  type DatasetExamples,
  examplesPerPart,
  readColumns,
  readDataset,
  writeDataset,
} from './dataset-artifact.js';
export { type ImportOptions, importDataset } from './import-dataset.js';
export { pixelDigest } from './pixel-digest.js';
