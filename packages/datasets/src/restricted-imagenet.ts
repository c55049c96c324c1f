import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { HostTensor } from '@toogit/artifacts';
import type { Split } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import pMap from 'p-map';
import { type LabelledFile, listClassFolders } from './class-folders.js';
import { type DatasetArtifact, examplesPerPart, writeDatasetParts } from './dataset-artifact.js';
import { decodeImage } from './decode-image.js';
import type { ImportOptions } from './import-options.js';
import { restrictedImagenetClasses, restrictedImagenetClassNames } from './restricted-imagenet-classes.js';

/** Images that the published splits hold: what `examples: null` means. */
const published = { train: 257_748, test: 10_150 } as const satisfies Record<Split, number>;
/** ImageNet's names of the splits. */
const folders = { train: 'train', test: 'val' } as const satisfies Record<Split, string>;

/** Of the training images at 224×224, in [0,1] units, as the robustness library has them. */
const mean = [0.4717, 0.4499, 0.3837];
const std = [0.26, 0.2516, 0.2575];

const decodesAtOnce = Math.min(8, availableParallelism() + 1);
const progressEvery = 50;

export type RestrictedImagenetOptions = Extract<ImportOptions, { dataset: 'restricted-imagenet' }>;

/**
 * Restricted ImageNet (Tsipras et al. 2019): nine groups of ImageNet's classes, out of a local copy in ImageNet's
 * layout, `<directory>/train/n01440764/*.JPEG` and `<directory>/val/…`. Images are decoded part by part, so that the
 * whole set never lies in memory.
 *
 * @throws DATASET_DIRECTORY_MISSING, DATASET_TOO_SMALL if it holds fewer images than required,
 *   DATASET_IMAGE_INVALID naming a file that cannot be decoded.
 */
export async function importRestrictedImagenet(options: RestrictedImagenetOptions): Promise<DatasetArtifact> {
  const { dataset, split, imageSize, artifacts } = options;
  const files = await firstFiles(options);
  return writeDatasetParts(artifacts, {
    name: dataset,
    split,
    imageShape: [imageSize, imageSize, 3],
    imageDtype: 'uint8',
    images: decodeParts(files, options),
    labels: Int32Array.from(files, ({ label }) => label),
    classNames: restrictedImagenetClassNames,
    mean,
    std,
  });
}

async function firstFiles(options: RestrictedImagenetOptions): Promise<LabelledFile[]> {
  const { split, restrictedImagenetDir } = options;
  if (!restrictedImagenetDir)
    throw new ToogitError('DATASET_DIRECTORY_MISSING', 'TOOGIT_RESTRICTED_IMAGENET_DIR is not set.');
  const directory = join(restrictedImagenetDir, folders[split]);
  const files = await listClassFolders(directory, restrictedImagenetClasses).catch((cause: Error) => {
    if (cause instanceof ToogitError) throw cause;
    const message = `${directory} cannot be read: ${cause.message}`;
    throw new ToogitError('DATASET_DIRECTORY_MISSING', message, { cause });
  });
  const wanted = options.examples ?? published[split];
  if (files.length < wanted) {
    const message = `${directory} holds ${files.length} images in folders of the nine groups (n02085620, …), ${wanted} are required.`;
    throw new ToogitError('DATASET_TOO_SMALL', message);
  }
  return files.slice(0, wanted);
}

async function* decodeParts(
  files: LabelledFile[],
  { imageSize, signal, onProgress }: RestrictedImagenetOptions,
): AsyncIterable<HostTensor> {
  const shape = [imageSize, imageSize, 3];
  const partSize = examplesPerPart(shape, 'uint8');
  let done = 0;
  const onDecoded = () => {
    done++;
    if (done % progressEvery === 0 || done === files.length)
      onProgress?.({ done, total: files.length, unit: 'images' });
  };
  for (let start = 0; start < files.length; start += partSize) {
    const part = files.slice(start, start + partSize);
    yield {
      dtype: 'uint8',
      shape: [part.length, ...shape],
      data: await decodePart(part, imageSize, signal, onDecoded),
    };
  }
}

/** Decodes a few files at a time, each into its own place. */
async function decodePart(
  files: LabelledFile[],
  imageSize: number,
  signal: AbortSignal | undefined,
  onDecoded: () => void,
): Promise<Uint8Array> {
  const imageBytes = imageSize * imageSize * 3;
  const pixels = new Uint8Array(files.length * imageBytes);
  const decode = async ({ path }: LabelledFile, i: number) => {
    pixels.set(await decodeImage(path, imageSize, signal), i * imageBytes);
    onDecoded();
  };
  await pMap(files, decode, { concurrency: decodesAtOnce, ...(signal ? { signal } : {}) });
  return pixels;
}
