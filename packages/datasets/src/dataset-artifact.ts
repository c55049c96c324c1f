import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  type ArtifactStore,
  allocate,
  elementBytes,
  elementCount,
  type HostTensor,
  type Manifest,
  type ManifestPart,
  type TensorDtype,
  tensorBytes,
} from '@toogit/artifacts';
import type { JobResult, Split } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';

const maxPartExamples = 5_000;
const maxPartBytes = 64 * 2 ** 20;

/**
 * Images in one part: 5,000, or as many as 64 MiB hold. A set of the first n examples shares its whole parts with the
 * full set.
 *
 * @param imageShape height, width, channels
 */
export function examplesPerPart(imageShape: readonly number[], dtype: TensorDtype): number {
  const fitting = Math.floor(maxPartBytes / (elementCount(imageShape) * elementBytes[dtype]));
  return Math.max(1, Math.min(maxPartExamples, fitting));
}

interface DatasetFacts {
  name: string;
  split: Split;
  /** Class numbers, [n]. */
  labels: Int32Array;
  classNames: string[];
  /** Per-channel mean and standard deviation of the canonical training split, in [0,1] units. */
  mean: number[];
  std: number[];
}

export interface DatasetContent extends DatasetFacts {
  /** [n, height, width, channels]: uint8 pixels 0..255, or float32 in [0,1]. */
  images: HostTensor;
}

export interface DatasetInParts extends DatasetFacts {
  /** Height, width, channels. */
  imageShape: [number, number, number];
  imageDtype: 'uint8' | 'float32';
  /** One [n, height, width, channels] a part, of `examplesPerPart` images but for the last. */
  images: Iterable<HostTensor> | AsyncIterable<HostTensor>;
}

/** The parts and meta of a manifest of type `dataset`. */
export interface DatasetArtifact {
  parts: ManifestPart[];
  meta: JobResult<'dataset.import'>;
}

/** Examples in memory, [n, …] each. */
export interface DatasetExamples {
  images: HostTensor;
  labels: Int32Array;
  /** Whatever else goes per example, and the labels. */
  columns: Record<string, HostTensor>;
}

/** Stores a data set's images and labels. @throws ARTIFACT_INVALID if their numbers differ. */
export async function writeDataset(
  artifacts: ArtifactStore,
  content: DatasetContent,
): Promise<DatasetArtifact> {
  const { images, labels } = content;
  const [examples = 0, height = 0, width = 0, channels = 0] = images.shape;
  if (images.shape.length !== 4 || examples !== labels.length || images.dtype === 'int32')
    throw invalid(`images are ${images.dtype} [${images.shape}] for ${labels.length} labels`);
  const imageShape: DatasetInParts['imageShape'] = [height, width, channels];
  const imageDtype = images.dtype;
  const partSize = examplesPerPart(imageShape, imageDtype);
  const starts = Array.from({ length: Math.ceil(examples / partSize) }, (_, i) => i * partSize);
  const parts = starts.map((start) => sliceExamples(images, start, Math.min(examples, start + partSize)));
  return writeDatasetParts(artifacts, { ...content, imageShape, imageDtype, images: parts });
}

/** Stores a data set whose images come part by part. @throws ARTIFACT_INVALID if there are more or fewer than labels. */
export async function writeDatasetParts(
  artifacts: ArtifactStore,
  content: DatasetInParts,
): Promise<DatasetArtifact> {
  const { name, split, imageShape, imageDtype, classNames, mean, std, labels } = content;
  const parts: ManifestPart[] = [];
  const hash = createHash('sha256');
  let written = 0;
  for await (const images of content.images) {
    const partName = `images-${String(parts.length).padStart(4, '0')}`;
    parts.push(await artifacts.writeTensors(partName, { images }));
    hash.update(tensorBytes(images));
    written += images.shape[0] ?? 0;
  }
  const examples = labels.length;
  if (written !== examples) throw invalid(`it has ${written} images and ${examples} labels`);
  parts.push(
    await artifacts.writeTensors('columns', {
      labels: { dtype: 'int32', shape: [examples], data: labels },
    }),
  );
  const pixelDigest = hash.update(Uint8Array.from(labels)).digest('hex');
  const meta = { name, split, examples, imageShape, imageDtype, classNames, mean, std, pixelDigest };
  return { parts, meta };
}

/**
 * A data set's examples, or only those of `range`: parts outside it are not read.
 *
 * @throws ARTIFACT_INVALID if the manifest's parts do not make a data set or the range lies outside it;
 *   REQUEST_INVALID if it is more than one array can hold; ARTIFACT_MISSING, ARTIFACT_CORRUPT.
 */
export async function readDataset(
  artifacts: ArtifactStore,
  manifest: Manifest,
  range?: { start: number; count: number },
): Promise<DatasetExamples> {
  const all = await readColumns(artifacts, manifest);
  const total = all.labels.length;
  const { start, count } = range ?? { start: 0, count: total };
  if (start < 0 || count < 0 || start + count > total)
    throw invalid(`examples ${start}..${start + count} exceed a data set of ${total}`);
  const images = await readImages(artifacts, manifest, { start, end: start + count, total });
  const columns = Object.fromEntries(
    Object.entries(all.columns).map(([name, column]) => [name, sliceExamples(column, start, start + count)]),
  );
  return { images, labels: all.labels.subarray(start, start + count), columns };
}

/** Only what goes per example beside the images. @throws as `readDataset`. */
export async function readColumns(
  artifacts: ArtifactStore,
  manifest: Manifest,
): Promise<Omit<DatasetExamples, 'images'>> {
  const part = manifest.parts.find(({ name }) => name === 'columns');
  if (!part) throw invalid('it has no part columns');
  const columns = await artifacts.readTensors(part);
  const labels = columns.labels?.data;
  if (!(labels instanceof Int32Array)) throw invalid('its columns have no int32 labels');
  return { columns, labels };
}

/** Copies the parts that overlap [start, end) into one allocation. */
async function readImages(
  artifacts: ArtifactStore,
  manifest: Manifest,
  { start, end, total }: { start: number; end: number; total: number },
): Promise<HostTensor> {
  const parts = manifest.parts.filter(({ name }) => name.startsWith('images-'));
  const layout = parts[0]?.tensors?.images;
  if (layout?.shape.length !== 4) throw invalid('it has no images');
  const imageShape = layout.shape.slice(1);
  const imageElements = elementCount(imageShape);
  const bytes = (end - start) * imageElements * elementBytes[layout.dtype];
  if (bytes > constants.MAX_LENGTH) throw tooLarge(end - start, layout.shape.slice(1), bytes);
  const data = allocate(layout.dtype, (end - start) * imageElements);
  let first = 0;
  for (const part of parts) {
    const described = part.tensors?.images;
    const [examples = 0, ...shape] = described?.shape ?? [];
    if (described?.dtype !== layout.dtype || shape.join() !== imageShape.join())
      throw invalid(`part ${part.name} has other images than the first`);
    const from = Math.max(start, first);
    const to = Math.min(end, first + examples);
    if (from < to) {
      const images = (await artifacts.readTensors(part)).images;
      if (images?.dtype !== layout.dtype || images.shape.join() !== described.shape.join())
        throw invalid(`part ${part.name} does not match the manifest`);
      data.set(sliceExamples(images, from - first, to - first).data, (from - start) * imageElements);
    }
    first += examples;
  }
  if (first !== total) throw invalid(`it has ${first} images and ${total} labels`);
  return { dtype: layout.dtype, shape: [end - start, ...imageShape], data };
}

/** Examples [start, end) of a tensor, in place. */
function sliceExamples({ dtype, shape, data }: HostTensor, start: number, end: number): HostTensor {
  const perExample = elementCount(shape.slice(1));
  return {
    dtype,
    shape: [end - start, ...shape.slice(1)],
    data: data.subarray(start * perExample, end * perExample),
  };
}

function tooLarge(examples: number, imageShape: number[], bytes: number): ToogitError {
  const gigabytes = (n: number) => `${(n / 1e9).toFixed(1)} GB`;
  return new ToogitError(
    'REQUEST_INVALID',
    `${examples} images of ${imageShape.join('×')} are ${gigabytes(bytes)}, and one array holds ${gigabytes(constants.MAX_LENGTH)}`,
    { next: 'Use fewer examples or a smaller imageSize.' },
  );
}

function invalid(reason: string): ToogitError {
  return new ToogitError('ARTIFACT_INVALID', `this is not a data set: ${reason}`);
}
