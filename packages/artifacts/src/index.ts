export { type ArtifactStore, createArtifactStore, safetensorsMediaType } from './artifact-store.js';
export type { BlobContent } from './blob-content.js';
export type { BlobStore, Remnants, StoredBlob } from './blob-store.js';
export { claimStore } from './claim-store.js';
export { FilesystemBlobStore } from './filesystem-blob-store.js';
export type {
  HostTensor,
  Manifest,
  ManifestPart,
  StoredManifest,
  TensorData,
  TensorDtype,
} from './manifest.js';
export { MemoryBlobStore } from './memory-blob-store.js';
export { type BlobStoreConfig, openBlobStore } from './open-blob-store.js';
export type { S3Options } from './s3-client.js';
export { decodeSafetensors, encodeSafetensors } from './safetensors.js';
export { sha256 } from './sha256.js';
export { allocate, elementBytes, elementCount, tensorBytes } from './tensor.js';
