import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import { readDataset } from '@toogit/datasets';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHandler } from './run-handler.js';

const root = await mkdtemp(join(tmpdir(), 'toogit-dataset-import-'));
afterAll(() => rm(root, { recursive: true }));

/** One red pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

beforeAll(async () => {
  const folder = join(root, 'train', 'n02123045');
  await mkdir(folder, { recursive: true });
  for (const name of ['a.png', 'b.png']) await writeFile(join(folder, name), png);
});

const params = { dataset: 'restricted-imagenet', split: 'train', examples: 2, imageSize: 16 } as const;

it('reads restricted-imagenet from the directory that the worker is set to', async () => {
  const artifacts = createArtifactStore(new MemoryBlobStore());
  const { stored, progress } = await runHandler(
    'dataset.import',
    artifacts,
    params,
    {},
    { restrictedImagenetDir: root },
  );
  expect(stored.manifest.meta).toMatchObject({ examples: 2, imageShape: [16, 16, 3] });
  const { images, labels } = await readDataset(artifacts, stored.manifest);
  expect([...images.data.subarray(0, 3)]).toEqual([255, 0, 0]);
  expect([...labels]).toEqual([1, 1]);
  expect(progress.at(-1)).toMatchObject({ done: 2, total: 2 });
});

it('names the setting where the worker has no such directory', async () => {
  const artifacts = createArtifactStore(new MemoryBlobStore());
  await expect(runHandler('dataset.import', artifacts, params, {})).rejects.toMatchObject({
    code: 'DATASET_DIRECTORY_MISSING',
  });
});
