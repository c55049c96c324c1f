import { describe, expect, it } from 'vitest';
import { createArtifactStore } from './artifact-store.js';
import type { HostTensor } from './manifest.js';
import { MemoryBlobStore } from './memory-blob-store.js';
import { sha256 } from './sha256.js';

const tensors: Record<string, HostTensor> = {
  images: { dtype: 'uint8', shape: [1, 2, 2, 1], data: Uint8Array.of(0, 127, 128, 255) },
  labels: { dtype: 'int32', shape: [1], data: Int32Array.of(7) },
};

describe('artifact store', () => {
  it('reads back tensors, bytes and manifests', async () => {
    const store = createArtifactStore(new MemoryBlobStore());
    const part = await store.writeTensors('columns', tensors);
    expect(part.tensors).toEqual({
      images: { dtype: 'uint8', shape: [1, 2, 2, 1] },
      labels: { dtype: 'int32', shape: [1] },
    });
    const page = await store.writeBytes('report.html', 'text/html', new TextEncoder().encode('<p>'));
    const { digest, manifest } = await store.writeManifest({
      type: 'dataset',
      parts: [part, page],
      meta: {},
    });
    expect(await store.readManifest(digest)).toEqual(manifest);
    expect(await store.readTensors(part)).toEqual(tensors);
    expect(new TextDecoder().decode(await store.readBytes(page))).toBe('<p>');
  });

  it('gives equal artifacts equal digests', async () => {
    const write = async (meta: Record<string, unknown>) => {
      const store = createArtifactStore(new MemoryBlobStore());
      return (await store.writeManifest({ type: 'model', parts: [], meta })).digest;
    };
    expect(await write({ a: 1, b: 2 })).toBe(await write({ b: 2, a: 1 }));
    expect(await write({ a: 1 })).not.toBe(await write({ a: 2 }));
  });

  it('stores no tensor with elements that are not finite, but for a NaN that means unknown', async () => {
    const blobs = new MemoryBlobStore();
    const store = createArtifactStore(blobs);
    const weights = (...values: number[]) => ({
      weights: { dtype: 'float32' as const, shape: [values.length], data: Float32Array.from(values) },
    });
    const refused = (value: string) => ({
      code: 'VALUE_NOT_FINITE',
      message: expect.stringMatching(`weights of part a holds ${value} \\(element 1 of 2\\)`),
    });
    await expect(store.writeTensors('a', weights(1, Number.NaN))).rejects.toMatchObject(refused('NaN'));
    await expect(store.writeTensors('a', weights(1, -Infinity))).rejects.toMatchObject(refused('-Infinity'));
    const unknown = { nanIsUnknown: true };
    await expect(store.writeTensors('a', weights(1, Infinity), unknown)).rejects.toMatchObject(
      refused('Infinity'),
    );
    const part = await store.writeTensors('a', weights(1, Number.NaN), unknown);
    expect(await store.readTensors(part)).toEqual(weights(1, Number.NaN));
  });

  it('quarantines a corrupt part, and lets it be written again', async () => {
    const blobs = new MemoryBlobStore();
    const store = createArtifactStore(blobs);
    const part = await store.writeTensors('columns', tensors);
    const damaged = Uint8Array.from(blobs.blobs.get(part.sha256) ?? []);
    damaged[damaged.length - 1] = 1;
    blobs.blobs.set(part.sha256, damaged);

    const digest = part.sha256;
    await expect(store.readTensors(part)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT', digest });
    expect(blobs.quarantined.get(digest)).toEqual(damaged);
    await expect(store.readTensors(part)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING', digest });
    await store.writeTensors('columns', tensors);
    expect(await store.readTensors(part)).toEqual(tensors);
  });

  it('refuses intact bytes that are not a manifest', async () => {
    const blobs = new MemoryBlobStore();
    const bytes = new TextEncoder().encode('{}');
    await blobs.put(sha256(bytes), bytes);
    await expect(createArtifactStore(blobs).readManifest(sha256(bytes))).rejects.toMatchObject({
      code: 'ARTIFACT_INVALID',
    });
  });
});
