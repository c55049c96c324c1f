export type { ArtifactStore } from './artifact-store.js';
export type { BlobStore } from './blob-store.js';
export type {
  HostTensor,
  Manifest,
  ManifestPart,
  StoredManifest,
  TensorData,
  TensorDtype,
} from './manifest.js';
