import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import type { Split } from '@toogit/catalogue';
import envPaths from 'env-paths';
import { pack } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import { readBinary } from '../src/cifar10.js';
import { importDataset, pixelDigest, readDataset } from '../src/index.js';

/** The user's own cache, so that the archives are downloaded once a machine, not once a run. */
const cacheDir = process.env.TOOGIT_CACHE_DIR
  ? resolve(process.env.TOOGIT_CACHE_DIR)
  : envPaths('toogit', { suffix: '' }).cache;

const scratch = await mkdtemp(join(tmpdir(), 'toogit-cifar10-'));
afterAll(() => rm(scratch, { recursive: true }));

const artifacts = createArtifactStore(new MemoryBlobStore());
const minutes = 60_000;

async function imported(dataset: 'cifar10' | 'mnist', split: Split, examples: number | null = null) {
  const { parts, meta } = await importDataset({ dataset, split, examples, cacheDir, artifacts });
  const { manifest } = await artifacts.writeManifest({ type: 'dataset', parts, meta });
  const { images, labels } = await readDataset(artifacts, manifest);
  return { parts, meta, images, labels, pixels: images.data as Uint8Array };
}

/** Per-channel mean and standard deviation in [0,1] units. */
function statistics(pixels: Uint8Array, channels: number) {
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  for (let i = 0; i < pixels.length; i += channels) {
    for (const [c, counts] of histograms.entries()) {
      const value = pixels[i + c] as number;
      counts[value] = (counts[value] as number) + 1;
    }
  }
  const moment = (counts: Float64Array, power: number) =>
    counts.reduce((sum, n, value) => sum + n * (value / 255) ** power, 0) / (pixels.length / channels);
  const mean = histograms.map((counts) => moment(counts, 1));
  return { mean, std: histograms.map((counts, c) => Math.sqrt(moment(counts, 2) - (mean[c] ?? 0) ** 2)) };
}

function classCounts(labels: Int32Array): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Examples [first, first + 10000) as a batch of the canonical archive: label, then channel after channel. */
function canonicalBatch(pixels: Uint8Array, labels: Int32Array, first: number): Uint8Array {
  const records = new Uint8Array(10_000 * 3073);
  for (let i = 0; i < 10_000; i++) {
    records[i * 3073] = labels[first + i] as number;
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < 1024; p++)
        records[i * 3073 + 1 + c * 1024 + p] = pixels[(first + i) * 3072 + p * 3 + c] as number;
  }
  return records;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('CIFAR-10', () => {
  it(
    'has the published training split, byte for byte as in the canonical archive',
    async () => {
      const { meta, labels, pixels } = await imported('cifar10', 'train');
      expect(meta).toMatchObject({ examples: 50_000, imageShape: [32, 32, 3], imageDtype: 'uint8' });
      expect([...labels.subarray(0, 5)]).toEqual([6, 9, 9, 4, 1]);
      expect(classCounts(labels)).toEqual(new Array(10).fill(5_000));
      const { mean, std } = statistics(pixels, 3);
      expect(mean.map((x) => x.toFixed(4))).toEqual(meta.mean.map((x) => x.toFixed(4)));
      expect(std.map((x) => x.toFixed(4))).toEqual(meta.std.map((x) => x.toFixed(4)));
      // The sha256 of data_batch_1.bin … data_batch_5.bin as others who have the canonical archive publish them.
      expect([0, 1, 2, 3, 4].map((i) => sha256(canonicalBatch(pixels, labels, i * 10_000)))).toEqual([
        'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
        'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
        'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
        '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
        '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
      ]);
    },
    10 * minutes,
  );

  it(
    'has the published test split, and the canonical archive gives the same',
    async () => {
      const { meta, labels, pixels } = await imported('cifar10', 'test');
      expect([...labels.subarray(0, 5)]).toEqual([3, 8, 8, 0, 6]);
      expect(classCounts(labels)).toEqual(new Array(10).fill(1_000));
      const batch = canonicalBatch(pixels, labels, 0);
      expect(sha256(batch)).toBe('8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b');

      const archive = join(scratch, 'cifar-10-binary.tar.gz');
      const tar = pack();
      tar.entry({ name: 'cifar-10-batches-bin/readme.html' }, 'not a batch');
      tar.entry({ name: 'cifar-10-batches-bin/test_batch.bin' }, Buffer.from(batch));
      tar.finalize();
      await pipeline(tar, createGzip({ level: 1 }), createWriteStream(archive));
      const canonical = await readBinary(archive, 'test', () => {});
      expect(pixelDigest(canonical.images, canonical.labels)).toBe(meta.pixelDigest);
    },
    10 * minutes,
  );
});

describe('MNIST', () => {
  it.each([
    ['train', 60_000, [5, 0, 4, 1, 9], [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]],
    ['test', 10_000, [7, 2, 1, 0, 4], [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]],
  ] as const)(
    'has the published %s split',
    async (split, examples, first, counts) => {
      const { meta, labels, pixels, images } = await imported('mnist', split);
      expect(images.shape).toEqual([examples, 28, 28, 1]);
      expect([...labels.subarray(0, 5)]).toEqual(first);
      expect(classCounts(labels)).toEqual(counts);
      if (split === 'train') {
        const { mean, std } = statistics(pixels, 1);
        expect(mean[0]).toBeCloseTo(meta.mean[0] ?? 0, 4);
        expect(std[0]).toBeCloseTo(meta.std[0] ?? 0, 4);
      }
    },
    10 * minutes,
  );

  it(
    'gives its first examples, sharing parts',
    async () => {
      const all = await imported('mnist', 'test');
      const some = await imported('mnist', 'test', 6_000);
      expect(some.images.shape).toEqual([6_000, 28, 28, 1]);
      expect(some.parts[0]).toEqual(all.parts[0]);
      expect(sha256(some.pixels)).toBe(sha256(all.pixels.subarray(0, 6_000 * 784)));
      await expect(imported('mnist', 'test', 10_001)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    },
    10 * minutes,
  );
});
