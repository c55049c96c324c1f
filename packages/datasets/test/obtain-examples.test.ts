import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetDefinition, DatasetSource } from '../src/dataset-definition.js';
import { obtainExamples } from '../src/obtain-examples.js';
import { pixelDigest } from '../src/pixel-digest.js';
import { serve } from './local-server.js';

const root = await mkdtemp(join(tmpdir(), 'toogit-sources-'));
afterAll(() => rm(root, { recursive: true }));
let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(root, 'cache-'));
});

/** Two 1×1×1 images and their labels, as this test publishes them. */
const original = Buffer.from([10, 20, 0, 1]);
const dead = 'http://127.0.0.1:9';

function source(fileName: string, url: string, bytes = original): DatasetSource {
  const value = createHash('sha256').update(bytes).digest('hex');
  return {
    files: [
      {
        fileName,
        bytes: bytes.length,
        checksum: { algorithm: 'sha256', encoding: 'hex', value },
        origin: { url: `${url}/${fileName}` },
      },
    ],
    decode: async ([path = ''], onDecoded) => {
      const read = await readFile(path);
      onDecoded(2);
      return { images: read.subarray(0, 2), labels: read.subarray(2) };
    },
  };
}

function toy(...sources: DatasetSource[]): DatasetDefinition {
  const split = { examples: 2, pixelDigest: pixelDigest(original.subarray(0, 2), original.subarray(2)) };
  return {
    name: 'mnist',
    imageShape: [1, 1, 1],
    classNames: ['a', 'b'],
    mean: [0],
    std: [1],
    splits: { train: split, test: split },
    sources: () => sources,
  };
}

const obtain = (...sources: DatasetSource[]) => obtainExamples(toy(...sources), { split: 'train', cacheDir });

describe('sources of a data set', () => {
  it('are tried in order until one answers', async () => {
    const url = await serve((_request, response) => response.end(original));
    const progress: unknown[] = [];
    const examples = await obtainExamples(toy(source('a', dead), source('b', url)), {
      split: 'train',
      cacheDir,
      onProgress: (step) => progress.push(step),
    });
    expect([...examples.images]).toEqual([10, 20]);
    expect(progress).toEqual([
      { done: 4, total: 4, unit: 'bytes' },
      { done: 2, total: 2, unit: 'images' },
    ]);
  });

  it('in the cache come first', async () => {
    await mkdir(join(cacheDir, 'datasets'));
    await writeFile(join(cacheDir, 'datasets', 'b'), original);
    let requests = 0;
    const url = await serve((_request, response) => {
      requests++;
      response.end(original);
    });
    await obtain(source('a', url), source('b', dead));
    expect(requests).toBe(0);
  });

  it('that hold other pixels are passed over', async () => {
    const other = Buffer.from([10, 21, 0, 1]);
    const url = await serve((request, response) => response.end(request.url === '/a' ? other : original));
    expect([...(await obtain(source('a', url, other), source('b', url))).images]).toEqual([10, 20]);
    await rm(join(cacheDir, 'datasets'), { recursive: true });
    await expect(obtain(source('a', url, other), source('b', dead))).rejects.toMatchObject({
      code: 'DATASET_DIGEST_MISMATCH',
    });
  });

  it('that all fail are named, and the place where a file would be found', async () => {
    const failure = obtain(source('a', dead), source('b', dead));
    await expect(failure).rejects.toMatchObject({ code: 'DATASET_UNAVAILABLE' });
    await expect(failure).rejects.toThrow(`${dead}/a`);
    await expect(failure).rejects.toThrow(`${dead}/b`);
    await expect(failure).rejects.toThrow(join(cacheDir, 'datasets', 'a'));
  });
});
