import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import { describe, expect, it } from 'vitest';
import { findLostBlobs } from './lost-blobs.js';

describe('findLostBlobs', () => {
  async function dataset() {
    const blobs = new MemoryBlobStore();
    const artifacts = createArtifactStore(blobs);
    const bytes = (text: string) => artifacts.writeBytes(text, 'text/plain', new TextEncoder().encode(text));
    const parts = [await bytes('a'), await bytes('b'), await bytes('c')];
    const { digest } = await artifacts.writeManifest({ type: 'dataset', parts, meta: {} });
    return {
      blobs,
      artifacts,
      digests: parts.map(({ sha256 }) => sha256),
      job: { inputs: { dataset: [{ jobKey: 'import', digest }] } },
    };
  }

  it('names the blob that failed and every other one that is gone', async () => {
    const { blobs, artifacts, digests, job } = await dataset();
    const [first, second, third] = digests as [string, string, string];
    await blobs.delete(first);
    await blobs.delete(third);
    const error = new ToogitError('ARTIFACT_MISSING', 'gone', { digest: first });
    expect(await findLostBlobs(error, job, artifacts)).toEqual([first, third]);
    const corrupt = new ToogitError('ARTIFACT_CORRUPT', 'flipped', { digest: second });
    expect(await findLostBlobs(corrupt, job, artifacts)).toEqual([second, first, third]);
  });

  it('names a manifest that is gone itself', async () => {
    const { blobs, artifacts, job } = await dataset();
    const digest = job.inputs.dataset[0]?.digest ?? '';
    await blobs.delete(digest);
    const error = new ToogitError('ARTIFACT_MISSING', 'gone', { digest });
    expect(await findLostBlobs(error, job, artifacts)).toEqual([digest]);
  });

  it('has nothing to say of other errors', async () => {
    const { artifacts, job } = await dataset();
    expect(await findLostBlobs(new ToogitError('INTERNAL', 'x'), job, artifacts)).toEqual([]);
  });
});
