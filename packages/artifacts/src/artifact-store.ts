import { ToogitError } from '@toogit/core';
import { type BlobContent, contentLength } from './blob-content.js';
import type { BlobStore } from './blob-store.js';
import type { HostTensor, Manifest, ManifestPart, StoredManifest } from './manifest.js';
import { decodeManifest, encodeManifest } from './manifest-json.js';
import { decodeSafetensors, safetensorsChunks } from './safetensors.js';
import { sha256 } from './sha256.js';
import { assertFinite } from './tensor.js';

export const safetensorsMediaType = 'application/vnd.safetensors';

/**
 * Tensors and manifests over a BlobStore. Every read is verified against its digest: a corrupt blob is quarantined
 * and ARTIFACT_CORRUPT (with `digest`) thrown; a missing one throws ARTIFACT_MISSING (with `digest`).
 */
export interface ArtifactStore {
  /**
   * Writes tensors as one safetensors part (keys sorted, so equal tensors have equal bytes). They are not copied: leave
   * them unchanged until it resolves. `nanIsUnknown`: NaN stands for a value that there is none of.
   *
   * @throws VALUE_NOT_FINITE if an element is infinite or NaN
   */
  writeTensors(
    name: string,
    tensors: Record<string, HostTensor>,
    options?: { nanIsUnknown?: boolean },
  ): Promise<ManifestPart>;
  /** Writes any other bytes as a part. */
  writeBytes(name: string, mediaType: string, bytes: Uint8Array): Promise<ManifestPart>;
  writeManifest(manifest: Omit<Manifest, 'schema'>): Promise<StoredManifest>;
  readManifest(digest: string): Promise<Manifest>;
  readTensors(part: ManifestPart): Promise<Record<string, HostTensor>>;
  readBytes(part: Pick<ManifestPart, 'name' | 'sha256'>): Promise<Uint8Array>;
}

/** The artifact store over any blob store. */
export function createArtifactStore(blobs: BlobStore): ArtifactStore {
  async function writeBytes(name: string, mediaType: string, bytes: BlobContent): Promise<ManifestPart> {
    const digest = sha256(bytes);
    await blobs.put(digest, bytes);
    return { name, sha256: digest, bytes: contentLength(bytes), mediaType };
  }

  async function readVerified(digest: string): Promise<Uint8Array> {
    try {
      return await blobs.get(digest);
    } catch (error) {
      if (error instanceof ToogitError && error.code === 'ARTIFACT_CORRUPT') await blobs.quarantine(digest);
      throw error;
    }
  }

  return {
    writeBytes,
    async writeTensors(name, tensors, { nanIsUnknown = false } = {}) {
      assertFinite(name, tensors, nanIsUnknown);
      const part = await writeBytes(name, safetensorsMediaType, safetensorsChunks(tensors));
      return { ...part, tensors: describe(tensors) };
    },
    async writeManifest(content) {
      const bytes = encodeManifest({ ...content, schema: 'toogit.manifest/1' });
      const digest = sha256(bytes);
      await blobs.put(digest, bytes);
      return { digest, manifest: decodeManifest(bytes) };
    },
    async readManifest(digest) {
      return decodeManifest(await readVerified(digest));
    },
    async readTensors(part) {
      return decodeSafetensors(await readVerified(part.sha256));
    },
    readBytes(part) {
      return readVerified(part.sha256);
    },
  };
}

function describe(tensors: Record<string, HostTensor>): NonNullable<ManifestPart['tensors']> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape }]) => [name, { dtype, shape: [...shape] }]),
  );
}
