import { join } from 'node:path';
import type { JobProgress, Split } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import type { DatasetDefinition, DatasetSource, Examples } from './dataset-definition.js';
import { pixelDigest } from './pixel-digest.js';
import { describeOrigin, holdsFile, obtainFile } from './published-file.js';

export interface ObtainExamplesOptions {
  split: Split;
  /** Downloads are kept in `<cacheDir>/datasets`. */
  cacheDir: string;
  signal?: AbortSignal | undefined;
  /** Bytes while downloading, images while decoding. */
  onProgress?: ((progress: Pick<JobProgress, 'done' | 'total' | 'unit'>) => void) | undefined;
}

/**
 * All examples of a split, from the first source that has them: those whose files are in the cache come first, then
 * the order of the definition. Whichever source it was, the pixels are verified.
 *
 * @throws DATASET_UNAVAILABLE if no source answers, DATASET_DIGEST_MISMATCH if one gives something else than what was
 *   published.
 */
export async function obtainExamples(
  definition: DatasetDefinition,
  options: ObtainExamplesOptions,
): Promise<Examples> {
  const { split, signal, onProgress } = options;
  const directory = join(options.cacheDir, 'datasets');
  const sources = definition.sources(split);
  const failures: ToogitError[] = [];
  for (const source of await cachedFirst(sources, directory)) {
    try {
      const paths = await obtainFiles(source, directory, options);
      signal?.throwIfAborted();
      const { examples: total, pixelDigest: published } = definition.splits[split];
      const examples = await source.decode(paths, (done) => onProgress?.({ done, total, unit: 'images' }));
      if (pixelDigest(examples.images, examples.labels) === published) return examples;
      failures.push(
        new ToogitError(
          'DATASET_DIGEST_MISMATCH',
          `${paths.join(', ')} hold other pixels than were published`,
        ),
      );
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(ToogitError.from(error));
    }
  }
  throw noSource(definition, sources, directory, failures);
}

async function cachedFirst(sources: DatasetSource[], directory: string): Promise<DatasetSource[]> {
  const cached = await Promise.all(
    sources.map(async ({ files }) =>
      (await Promise.all(files.map((file) => holdsFile(file, directory)))).every(Boolean),
    ),
  );
  return [...sources.filter((_, i) => cached[i]), ...sources.filter((_, i) => !cached[i])];
}

async function obtainFiles(
  { files }: DatasetSource,
  directory: string,
  options: ObtainExamplesOptions,
): Promise<string[]> {
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

/** Why no source would do. Wrong bytes outweigh unreachability: trying again does not help against them. */
function noSource(
  definition: DatasetDefinition,
  sources: DatasetSource[],
  directory: string,
  failures: ToogitError[],
): ToogitError {
  const reasons = failures.map(({ message }) => message).join('; ');
  const mismatch = failures.find(({ code }) => code === 'DATASET_DIGEST_MISMATCH');
  if (mismatch) return new ToogitError('DATASET_DIGEST_MISMATCH', reasons, { cause: mismatch });
  const other = failures.find(({ code }) => code !== 'DATASET_UNAVAILABLE');
  if (other) return other;
  const places = sources[0]?.files.map(
    (file) => `${describeOrigin(file)} as ${join(directory, file.fileName)}`,
  );
  return new ToogitError(
    'DATASET_UNAVAILABLE',
    `${definition.name} could not be downloaded (${reasons}). To go on without a network, save ${places?.join(', ')}`,
    { cause: failures[0] },
  );
}
