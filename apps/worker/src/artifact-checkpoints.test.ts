import { createArtifactStore, type HostTensor, MemoryBlobStore } from '@toogit/artifacts';
import { describe, expect, it } from 'vitest';
import { artifactCheckpoints } from './artifact-checkpoints.js';

const tensors: Record<string, HostTensor> = {
  w: { dtype: 'float32', shape: [2], data: new Float32Array([1, 2]) },
};

describe('artifactCheckpoints', () => {
  async function saved() {
    const blobs = new MemoryBlobStore();
    const artifacts = createArtifactStore(blobs);
    const told: { step: number; digest: string }[] = [];
    await artifactCheckpoints(null, artifacts, (checkpoint) => told.push(checkpoint)).save(7, tensors, {
      a: 1,
    });
    const [checkpoint] = told;
    if (checkpoint === undefined) throw new Error('nothing was told');
    return { blobs, artifacts, checkpoint };
  }
  const ignore = () => undefined;

  it('gives back what was saved, to a later attempt', async () => {
    const { artifacts, checkpoint } = await saved();
    expect(await artifactCheckpoints(checkpoint, artifacts, ignore).load()).toEqual({
      step: 7,
      tensors,
      state: { a: 1 },
    });
  });

  it('has none before the first is saved', async () => {
    expect(
      await artifactCheckpoints(null, createArtifactStore(new MemoryBlobStore()), ignore).load(),
    ).toBeNull();
  });

  it('counts a checkpoint whose bytes are gone as none', async () => {
    const { blobs, artifacts, checkpoint } = await saved();
    const { parts } = await artifacts.readManifest(checkpoint.digest);
    await blobs.delete(parts[0]?.sha256 ?? '');
    expect(await artifactCheckpoints(checkpoint, artifacts, ignore).load()).toBeNull();
  });
});
