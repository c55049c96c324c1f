import type { HostTensor, Manifest, ManifestPart, StoredManifest } from './manifest.js';

/**
 * Tensors and manifests over a BlobStore. Every read is verified against its digest: a corrupt blob is quarantined
 * and ARTIFACT_CORRUPT (with `digest`) thrown; a missing one throws ARTIFACT_MISSING (with `digest`).
 */
export interface ArtifactStore {
  /** Writes tensors as one safetensors part (keys sorted, so equal tensors have equal bytes). */
  writeTensors(name: string, tensors: Record<string, HostTensor>): Promise<ManifestPart>;
  /** Writes any other bytes as a part. */
  writeBytes(name: string, mediaType: string, bytes: Uint8Array): Promise<ManifestPart>;
  writeManifest(manifest: Omit<Manifest, 'schema'>): Promise<StoredManifest>;
  readManifest(digest: string): Promise<Manifest>;
  readTensors(part: ManifestPart): Promise<Record<string, HostTensor>>;
  readBytes(part: ManifestPart): Promise<Uint8Array>;
}
