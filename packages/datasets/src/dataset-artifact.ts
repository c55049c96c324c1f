import {
  type ArtifactStore,
  allocate,
  elementCount,
  type HostTensor,
  type Manifest,
  type ManifestPart,
} from '@toogit/artifacts';
import { ToogitError } from '@toogit/errors';
import type { JobResult, Split } from '@toogit/jobs';
import { pixelDigest } from './pixel-digest.js';

/** Images in one part. A set of the first n examples shares its whole parts with the full set. */
export const examplesPerPart = 5_000;

export interface DatasetContent {
  name: string;
  split: Split;
  /** [n, height, width, channels]: uint8 pixels 0..255, or float32 in [0,1]. */
  images: HostTensor;
  /** Class numbers, [n]. */
  labels: Int32Array;
  classNames: string[];
  /** Per-channel mean and standard deviation of the canonical training split, in [0,1] units. */
  mean: number[];
  std: number[];
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
  const parts: ManifestPart[] = [];
  for (let start = 0; start < examples; start += examplesPerPart) {
    const name = `images-${String(parts.length).padStart(4, '0')}`;
    const block = sliceExamples(images, start, Math.min(examples, start + examplesPerPart));
    parts.push(await artifacts.writeTensors(name, { images: block }));
  }
  parts.push(
    await artifacts.writeTensors('columns', {
      labels: { dtype: 'int32', shape: [examples], data: labels },
    }),
  );
  const { name, split, classNames, mean, std } = content;
  const pixels = new Uint8Array(images.data.buffer, images.data.byteOffset, images.data.byteLength);
  const meta = {
    name,
    split,
    examples,
    imageShape: [height, width, channels] as [number, number, number],
    imageDtype: images.dtype,
    classNames,
    mean,
    std,
    pixelDigest: pixelDigest(pixels, Uint8Array.from(labels)),
  };
  return { parts, meta };
}

/**
 * A data set's examples, or only those of `range`: parts outside it are not read.
 *
 * @throws ARTIFACT_INVALID if the manifest's parts do not make a data set or the range lies outside it;
 *   ARTIFACT_MISSING, ARTIFACT_CORRUPT.
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
    throw invalid(`examples ${start}..${start + count} are asked of a data set of ${total}`);
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
        throw invalid(`part ${part.name} does not hold what the manifest says`);
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

function invalid(reason: string): ToogitError {
  return new ToogitError('ARTIFACT_INVALID', `this is not a data set: ${reason}`);
}
