import {
  createArtifactStore,
  type HostTensor,
  type Manifest,
  MemoryBlobStore,
  type TensorData,
} from '@toogit/artifacts';
import { jobKinds } from '@toogit/catalogue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DatasetContent,
  examplesPerPart,
  readColumns,
  readDataset,
  writeDataset,
} from './dataset-artifact.js';

/** Of 1×2×1 images. */
const partSize = examplesPerPart([1, 2, 1], 'uint8');

const facts = { name: 'toy', split: 'train' as const, classNames: ['a', 'b'], mean: [0.5], std: [0.25] };

/** 1×2×1 images that tell their own index. */
function toy(examples: number): DatasetContent {
  const data = Uint8Array.from({ length: examples * 2 }, (_, i) => (i * 31) % 251);
  return {
    ...facts,
    images: { dtype: 'uint8', shape: [examples, 1, 2, 1], data },
    labels: Int32Array.from({ length: examples }, (_, i) => i % 2),
  };
}

async function written(content: DatasetContent) {
  const artifacts = createArtifactStore(new MemoryBlobStore());
  const { parts, meta } = await writeDataset(artifacts, content);
  const { manifest } = await artifacts.writeManifest({ type: 'dataset', parts, meta });
  return { artifacts, manifest, meta };
}

/** `toEqual` looks at every element, which takes seconds for as many. */
const sameBytes = (a: TensorData, b: TensorData) =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

const total = 2 * partSize + 17;

describe('data set artifact', () => {
  it('has parts of 5,000 small images, and of no more than 64 MiB', () => {
    expect(examplesPerPart([28, 28, 1], 'uint8')).toBe(5_000);
    expect(examplesPerPart([32, 32, 3], 'uint8')).toBe(5_000);
    expect(examplesPerPart([32, 32, 3], 'float32')).toBe(5_000);
    expect(examplesPerPart([224, 224, 3], 'uint8')).toBe(445);
    expect(examplesPerPart([10_000, 10_000, 3], 'uint8')).toBe(1);
  });

  it('is not read where no array could hold it', async () => {
    const { artifacts, manifest } = await written(toy(1));
    const labels = new Int32Array(30_000);
    const columns = await artifacts.writeTensors('columns', {
      labels: { dtype: 'int32', shape: [30_000], data: labels },
    });
    const images = { dtype: 'uint8' as const, shape: [30_000, 224, 224, 3] };
    const part = { ...(manifest.parts[0] as Manifest['parts'][number]), tensors: { images } };
    await expect(readDataset(artifacts, { ...manifest, parts: [part, columns] })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('4.5 GB'),
    });
  });

  it('comes back whole, and its meta is what dataset.import declares', async () => {
    const content = toy(total);
    const { artifacts, manifest, meta } = await written(content);
    expect(jobKinds['dataset.import'].result.parse(manifest.meta)).toEqual(meta);
    expect(manifest.parts.map(({ name }) => name)).toEqual([
      'images-0000',
      'images-0001',
      'images-0002',
      'columns',
    ]);
    const { images, labels, columns } = await readDataset(artifacts, manifest);
    expect(images).toEqual(content.images);
    expect(labels).toEqual(content.labels);
    expect(columns.labels?.data).toEqual(content.labels);
  });

  it('gives any range of examples', async () => {
    const content = toy(total);
    const { artifacts, manifest } = await written(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(total), fc.nat(total), async (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        const { images, labels } = await readDataset(artifacts, manifest, { start, count: end - start });
        expect(images.shape).toEqual([end - start, 1, 2, 1]);
        expect(sameBytes(images.data, content.images.data.subarray(start * 2, end * 2))).toBe(true);
        expect(sameBytes(labels, content.labels.subarray(start, end))).toBe(true);
      }),
      { numRuns: 30 },
    );
    await expect(readDataset(artifacts, manifest, { start: total, count: 1 })).rejects.toMatchObject({
      code: 'ARTIFACT_INVALID',
    });
  });

  it('shares whole parts between a set and its first examples', async () => {
    const { manifest: all } = await written(toy(total));
    const first = toy(partSize);
    const { manifest } = await written(first);
    expect(manifest.parts[0]).toEqual(all.parts[0]);
    expect(manifest.meta.pixelDigest).not.toBe(all.meta.pixelDigest);
  });

  it('keeps float32 images and further columns', async () => {
    const artifacts = createArtifactStore(new MemoryBlobStore());
    const images: HostTensor = { dtype: 'float32', shape: [2, 1, 1, 1], data: Float32Array.of(0.25, 1 / 3) };
    const columns: Record<string, HostTensor> = {
      labels: { dtype: 'int32', shape: [2], data: Int32Array.of(1, 0) },
      perturbationNorm: { dtype: 'float32', shape: [2], data: Float32Array.of(0.5, 0.4) },
    };
    const parts = [
      await artifacts.writeTensors('images-0000', { images }),
      await artifacts.writeTensors('columns', columns),
    ];
    const manifest: Manifest = { schema: 'toogit.manifest/1', type: 'dataset', parts, meta: {} };
    const read = await readDataset(artifacts, manifest);
    expect(read.images).toEqual(images);
    expect(read.columns).toEqual(columns);
    expect((await readColumns(artifacts, manifest)).columns).toEqual(columns);
  });

  it('is refused when its parts do not fit together', async () => {
    const { artifacts, manifest } = await written(toy(3));
    const more = await artifacts.writeTensors('images-0001', { images: toy(1).images });
    const broken = [
      manifest.parts.slice(0, 1),
      manifest.parts.slice(1),
      [...manifest.parts, more],
      [manifest.parts[1], manifest.parts[0]].map((part, i) => ({
        ...part,
        name: manifest.parts[i]?.name ?? '',
      })) as Manifest['parts'],
    ];
    for (const parts of broken)
      await expect(readDataset(artifacts, { ...manifest, parts })).rejects.toMatchObject({
        code: 'ARTIFACT_INVALID',
      });
  });

  it('is not written with fewer labels than images', async () => {
    await expect(written({ ...toy(3), labels: Int32Array.of(1) })).rejects.toMatchObject({
      code: 'ARTIFACT_INVALID',
    });
  });
});
