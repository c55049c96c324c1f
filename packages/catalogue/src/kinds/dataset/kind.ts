import type { JobEstimate } from '../../costs/job-estimate.js';
import { bytesOf, importMemory } from '../../costs/memory.js';
import { byteWork } from '../../costs/work.js';
import { datasets } from '../../datasets.js';
import { defineKind, type HeldImages } from '../../definitions/kind-definition.js';
import { datasetImportJob } from './job.js';
import { type DatasetStep, datasetFactsOf, datasetProblems, datasetStep } from './step.js';

export const dataset = defineKind({
  description: `Images with labels, imported once. See [data sets](#data-sets) and, for a directory of your own images,
[datasets.md](datasets.md#restricted-imagenet).`,
  job: datasetImportJob,
  step: datasetStep,
  references: {},
  facts: datasetFactsOf,
  problems: datasetProblems,
  plan(name, { kind: _, ...params }: DatasetStep, context) {
    const cost = importCost(params.dataset, context.images(name));
    return [{ params: datasetImportJob.params.parse(params), seed: 0, inputs: {}, cost }];
  },
  memoryBytes: (name, { dataset, split }, context) =>
    importMemory({ ...context.images(name), examples: datasets[dataset].examples[split] }),
});

/** uint8 images and an int32 label each. */
function importCost(name: DatasetStep['dataset'], images: HeldImages): JobEstimate {
  const bytes = bytesOf(images) + 4 * images.examples;
  const { archive, image } = datasets[name].importWork;
  return { flops: 0, bytes, work: archive + image * images.examples + byteWork * bytes };
}
