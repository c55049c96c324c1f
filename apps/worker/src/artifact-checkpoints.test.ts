import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createArtifactStore, type HostTensor, MemoryBlobStore, openBlobStore } from '@toogit/artifacts';
import type { Checkpoint } from '@toogit/runs';
import { describe, expect, it } from 'vitest';
import { artifactCheckpoints } from './artifact-checkpoints.js';

const tensors: Record<string, HostTensor> = {
  w: { dtype: 'float32', shape: [2], data: new Float32Array([1, 2]) },
};

const ignored = { onSaved: () => undefined, yielding: new AbortController().signal };

describe('artifactCheckpoints', () => {
  async function saved() {
    const blobs = new MemoryBlobStore();
    const artifacts = createArtifactStore(blobs);
    const told: Checkpoint[] = [];
    const { save } = artifactCheckpoints(null, artifacts, { ...ignored, onSaved: (each) => told.push(each) });
    await save(7, tensors, { a: 1 });
    const [checkpoint] = told;
    if (checkpoint === undefined) throw new Error('nothing was told');
    return { blobs, artifacts, checkpoint };
  }

  it('gives back what was saved, to a later attempt', async () => {
    const { artifacts, checkpoint } = await saved();
    expect(await artifactCheckpoints(checkpoint, artifacts, ignored).load()).toEqual({
      step: 7,
      tensors,
      state: { a: 1 },
    });
  });

  it('has none before the first is saved', async () => {
    expect(
      await artifactCheckpoints(null, createArtifactStore(new MemoryBlobStore()), ignored).load(),
    ).toBeNull();
  });

  it('knows its blobs and their sizes', async () => {
    const { blobs, checkpoint } = await saved();
    const stored: { digest: string; bytes: number }[] = [];
    for await (const { digest, bytes } of blobs.list()) stored.push({ digest, bytes });
    expect(checkpoint.blobs).toHaveLength(2);
    expect(stored).toEqual(expect.arrayContaining(checkpoint.blobs));
  });

  it('stores no more than one in ten seconds, but always one before it yields', async () => {
    let nowMs = 1_000;
    const yielding = new AbortController();
    const steps: number[] = [];
    const { save } = artifactCheckpoints(null, createArtifactStore(new MemoryBlobStore()), {
      onSaved: ({ step }) => steps.push(step),
      yielding: yielding.signal,
      now: () => nowMs,
    });
    for (let step = 1; step <= 25; step++) {
      await save(step, tensors, {});
      nowMs += 1_000;
    }
    yielding.abort();
    await save(26, tensors, {});
    expect(steps).toEqual([1, 11, 21, 26]);
  });

  it('goes on without one while the storage cannot be used, but does not yield without', async () => {
    let nowMs = 0;
    const yielding = new AbortController();
    const directory = join(await mkdtemp(join(tmpdir(), 'toogit-checkpoints-')), 'blobs');
    const blobs = await openBlobStore({ driver: 'filesystem', directory });
    await writeFile(directory, 'a file where the directory should be');
    const steps: number[] = [];
    const { save } = artifactCheckpoints(null, createArtifactStore(blobs), {
      onSaved: ({ step }) => steps.push(step),
      yielding: yielding.signal,
      now: () => nowMs,
    });
    await save(1, tensors, {});
    await rm(directory);
    await save(2, tensors, {});
    nowMs += 10_000;
    await save(3, tensors, {});
    expect(steps).toEqual([3]);

    await rm(directory, { recursive: true });
    await writeFile(directory, '');
    yielding.abort();
    await expect(save(4, tensors, {})).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    await rm(dirname(directory), { recursive: true });
  });

  it('counts a checkpoint whose bytes are gone as none', async () => {
    const { blobs, artifacts, checkpoint } = await saved();
    const { parts } = await artifacts.readManifest(checkpoint.digest);
    await blobs.delete(parts[0]?.sha256 ?? '');
    expect(await artifactCheckpoints(checkpoint, artifacts, ignored).load()).toBeNull();
  });
});
