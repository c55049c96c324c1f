import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import { jobKinds } from '@toogit/catalogue';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  examplesPerPart,
  type ImportOptions,
  importDataset,
  pixelDigest,
  readDataset,
} from '../src/index.js';

const scratch = await mkdtemp(join(tmpdir(), 'toogit-imagenet-'));
afterAll(() => rm(scratch, { recursive: true }));

const root = join(scratch, 'imagenet');
/** Images of each folder, one colour each; what the folders stand for: 0 dog, 1 cat, 3 turtle, 8 insect. */
const train = {
  n02085620: { images: 5, label: 0 },
  n02113978: { images: 5, label: 0 },
  n02123045: { images: 4, label: 1 },
  n01664065: { images: 3, label: 3 },
  n02268443: { images: 6, label: 8 },
};
const trainImages = 23;

/** The colour of an image says its folder and its number. */
const colourOf = (folder: number, i: number) => ({ r: 20 + folder * 40, g: 20 + i * 30, b: 128 });

async function writeImage(path: string, background: { r: number; g: number; b: number }) {
  const width = 40 + (background.g % 3) * 10;
  await sharp({ create: { width, height: 36, channels: 3, background } })
    .png()
    .toFile(path);
}

beforeAll(async () => {
  for (const [folder, [wnid, { images }]] of Object.entries(train).entries()) {
    await mkdir(join(root, 'train', wnid), { recursive: true });
    for (let i = 0; i < images; i++) {
      // PNGs under the name of a JPEG: ImageNet has one, and here they keep the colours exact.
      await writeImage(join(root, 'train', wnid, `${wnid}_${i}.JPEG`), colourOf(folder, i));
    }
  }
  await mkdir(join(root, 'val', 'n01978287'), { recursive: true });
  await writeImage(join(root, 'val', 'n01978287', 'ILSVRC2012_val_00000001.JPEG'), colourOf(0, 0));
  // To be passed over: a class of no group, a folder that is no class, files that are no images.
  await mkdir(join(root, 'train', 'n01440764'));
  await writeImage(join(root, 'train', 'n01440764', 'tench.JPEG'), colourOf(5, 5));
  await mkdir(join(root, 'train', 'thumbnails'));
  await writeImage(join(root, 'train', 'thumbnails', 'a.png'), colourOf(5, 5));
  await writeFile(join(root, 'train', 'n02085620', 'LICENSE.txt'), 'terms of access');
  await writeFile(join(root, 'train', 'n02085620', '._n02085620_0.JPEG'), 'a Finder file');
  await writeFile(join(root, 'train', 'README'), 'where it comes from');
});

async function imported(options: Partial<Extract<ImportOptions, { dataset: 'restricted-imagenet' }>> = {}) {
  const artifacts = createArtifactStore(new MemoryBlobStore());
  const { parts, meta } = await importDataset({
    dataset: 'restricted-imagenet',
    split: 'train',
    examples: trainImages,
    imageSize: 32,
    restrictedImagenetDir: root,
    cacheDir: join(scratch, 'no-cache'),
    artifacts,
    ...options,
  });
  const { digest, manifest } = await artifacts.writeManifest({ type: 'dataset', parts, meta });
  const { images, labels } = await readDataset(artifacts, manifest);
  const size = meta.imageShape[0];
  const centre = (i: number) => {
    const at = ((i * size + size / 2) * size + size / 2) * 3;
    return [...images.data.subarray(at, at + 3)];
  };
  return { digest, parts, meta, images, labels, colours: Array.from(labels, (_, i) => centre(i)) };
}

describe('Restricted ImageNet', () => {
  it('is imported from class folders, each image with the label of its group', async () => {
    const { meta, images, labels, colours } = await imported();
    expect(jobKinds['dataset.import'].result.parse(meta)).toEqual(meta);
    expect(meta).toMatchObject({
      name: 'restricted-imagenet',
      examples: trainImages,
      imageShape: [32, 32, 3],
      imageDtype: 'uint8',
      classNames: ['dog', 'cat', 'frog', 'turtle', 'bird', 'primate', 'fish', 'crab', 'insect'],
      mean: [0.4717, 0.4499, 0.3837],
      std: [0.26, 0.2516, 0.2575],
    });
    expect(images).toMatchObject({ dtype: 'uint8', shape: [trainImages, 32, 32, 3] });
    expect(meta.pixelDigest).toBe(pixelDigest(images.data as Uint8Array, Uint8Array.from(labels)));
    const found = colours.map(([r, g, b], i) => `${r},${g},${b}: ${labels[i]}`).sort();
    const wanted = Object.values(train).flatMap(({ images, label }, folder) =>
      Array.from({ length: images }, (_, i) => {
        const { r, g, b } = colourOf(folder, i);
        return `${r},${g},${b}: ${label}`;
      }),
    );
    expect(found).toEqual(wanted.sort());
  });

  it('reads the validation images as the test split', async () => {
    const { meta, labels } = await imported({ split: 'test', examples: 1 });
    expect(meta.split).toBe('test');
    expect([...labels]).toEqual([7]);
  });

  it('comes in an order that depends on names alone, and mixes the classes', async () => {
    const copy = join(scratch, 'copy');
    await cp(root, copy, { recursive: true });
    const [here, there] = [await imported(), await imported({ restrictedImagenetDir: copy })];
    expect(there.digest).toBe(here.digest);
    expect(here.meta.pixelDigest).toBe('828d3a32912f5639bd4250b4d24b2698921c0dc562d5a71289951f1607c46b90');
    expect(new Set(here.labels.subarray(0, 8)).size).toBeGreaterThanOrEqual(3);

    // A folder less takes its images out and leaves the others in their order.
    await rm(join(copy, 'train', 'n02123045'), { recursive: true });
    const fewer = await imported({ restrictedImagenetDir: copy, examples: trainImages - 4 });
    expect([...fewer.labels]).toEqual([...here.labels].filter((label) => label !== 1));
  });

  it('gives its first examples', async () => {
    const [all, some] = [await imported(), await imported({ examples: 7 })];
    expect(some.meta.examples).toBe(7);
    expect(some.colours).toEqual(all.colours.slice(0, 7));
  });

  it('comes in any size, in parts that stay small', async () => {
    const blobs = new MemoryBlobStore();
    const images = examplesPerPart([512, 512, 3], 'uint8') + 2;
    const many = join(scratch, 'many', 'train', 'n02085620');
    await mkdir(many, { recursive: true });
    const image = join(root, 'train', 'n02085620', 'n02085620_0.JPEG');
    for (let i = 0; i < images; i++) await cp(image, join(many, `${i}.jpg`));
    const { parts, meta } = await importDataset({
      dataset: 'restricted-imagenet',
      split: 'train',
      examples: images,
      imageSize: 512,
      restrictedImagenetDir: join(scratch, 'many'),
      cacheDir: join(scratch, 'no-cache'),
      artifacts: createArtifactStore(blobs),
    });
    expect(meta.imageShape).toEqual([512, 512, 3]);
    expect(parts.map(({ tensors }) => tensors?.images?.shape[0])).toEqual([images - 2, 2, undefined]);
    for (const { bytes } of parts) expect(bytes).toBeLessThan(64 * 2 ** 20 + 1_000);
  });

  it('reports progress and stops when told to', async () => {
    const progress: { done: number; total: number; unit: string }[] = [];
    await imported({ onProgress: (update) => progress.push(update) });
    expect(progress.at(-1)).toEqual({ done: trainImages, total: trainImages, unit: 'images' });
    await expect(imported({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('says how many images there are when that is too few', async () => {
    for (const examples of [24, null])
      await expect(imported({ examples })).rejects.toMatchObject({
        code: 'DATASET_TOO_SMALL',
        message: expect.stringMatching(`holds 23 images .*, ${examples ?? 257_748} are required`),
        retryable: false,
      });
  });

  it('names the next step where there is no directory', async () => {
    for (const restrictedImagenetDir of [null, join(scratch, 'nowhere')])
      await expect(imported({ restrictedImagenetDir })).rejects.toMatchObject({
        code: 'DATASET_DIRECTORY_MISSING',
        retryable: false,
        next: expect.stringContaining('TOOGIT_RESTRICTED_IMAGENET_DIR'),
      });
  });

  it.each(['a.webp', 'b.bmp', 'c.tif', 'n02085620_1'])(
    'names %s, which it cannot read, instead of passing it over',
    async (name) => {
      const mixed = join(scratch, `mixed-${name}`);
      await cp(root, mixed, { recursive: true });
      await writeFile(join(mixed, 'train', 'n02085620', name), 'an image of another kind');
      await expect(imported({ restrictedImagenetDir: mixed })).rejects.toMatchObject({
        code: 'DATASET_IMAGE_INVALID',
        message: expect.stringContaining(
          `n02085620 holds 1 files that are neither JPEG nor PNG by their names, such as ${name}`,
        ),
      });
    },
  );

  it('names a class folder without images', async () => {
    const hollow = join(scratch, 'hollow');
    await cp(root, hollow, { recursive: true });
    await mkdir(join(hollow, 'train', 'n02123159'));
    await expect(imported({ restrictedImagenetDir: hollow })).rejects.toMatchObject({
      code: 'DATASET_IMAGE_INVALID',
      message: expect.stringContaining('n02123159 holds no image'),
    });
  });

  it('comes in one order, however the file system writes its names', async () => {
    const of = async (form: 'NFC' | 'NFD') => {
      const directory = join(scratch, form);
      await mkdir(join(directory, 'train', 'n02085620'), { recursive: true });
      for (const [i, name] of ['café', 'über', 'señor', 'ängström', 'naïve', 'plain'].entries())
        await writeImage(
          join(directory, 'train', 'n02085620', `${name.normalize(form)}.png`),
          colourOf(0, i),
        );
      return (await imported({ restrictedImagenetDir: directory, examples: 6 })).colours;
    };
    expect(await of('NFD')).toEqual(await of('NFC'));
  });

  it('names a file that is no image, instead of leaving it out', async () => {
    const broken = join(scratch, 'broken');
    await cp(root, broken, { recursive: true });
    const file = join(broken, 'train', 'n01664065', 'n01664065_1.JPEG');
    await writeFile(file, 'not an image');
    await expect(imported({ restrictedImagenetDir: broken })).rejects.toMatchObject({
      code: 'DATASET_IMAGE_INVALID',
      message: expect.stringContaining(file),
      retryable: false,
    });
  });
});
