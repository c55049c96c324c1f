import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import type { Split } from '@toogit/catalogue';
import { expect, it } from 'vitest';
import { importDataset, readDataset } from '../src/index.js';

const artifacts = createArtifactStore(new MemoryBlobStore());

async function imported(split: Split, examples: number | null) {
  // Needs no cache: there is no file to keep.
  const options = { dataset: 'shapes', split, examples, cacheDir: '/nowhere', artifacts } as const;
  const { parts, meta } = await importDataset(options);
  const { manifest } = await artifacts.writeManifest({ type: 'dataset', parts, meta });
  const { images, labels } = await readDataset(artifacts, manifest);
  return { meta, labels, shape: images.shape, pixels: images.data as Uint8Array };
}

/** Of one channel, in [0,1] units. */
function statistics(pixels: Uint8Array, channel: number) {
  const values = pixels.filter((_, i) => i % 3 === channel);
  const mean = values.reduce((sum, value) => sum + value / 255, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value / 255) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(square - mean ** 2) };
}

it('draws the same images everywhere, as many of each class, without a network', async () => {
  // Pixels are compared with the pinned digests by the import itself.
  const { meta, labels, pixels, shape } = await imported('train', null);
  expect(shape).toEqual([10_000, 32, 32, 3]);
  for (let label = 0; label < 10; label++)
    expect(labels.filter((each) => each === label)).toHaveLength(1_000);
  for (const channel of [0, 1, 2]) {
    const { mean, std } = statistics(pixels, channel);
    expect(mean).toBeCloseTo(meta.mean[channel] as number, 4);
    expect(std).toBeCloseTo(meta.std[channel] as number, 4);
  }
});

it('has a test split of other images, of which the first are the same however many there are', async () => {
  const all = await imported('test', null);
  const some = await imported('test', 20);
  expect(all.shape[0]).toBe(2_000);
  expect(Buffer.from(some.pixels).equals(Buffer.from(all.pixels.subarray(0, 20 * 3072)))).toBe(true);
  const train = await imported('train', 20);
  expect(Buffer.from(train.pixels).equals(Buffer.from(some.pixels))).toBe(false);
});
