import { z } from 'zod';
import { datasetNames, datasets, directoryNames, imageShapeOf } from '../../datasets.js';
import type { StepFacts } from '../../definitions/kind-definition.js';
import { type Problem, problem } from '../../problem.js';
import { firstExamples } from '../../step-values.js';
import { imageSize, revision, splits } from '../../values.js';
import { tooManyExamples } from '../image-problems.js';

const ofDirectories = directoryNames.join(' or ');

export const datasetStep = z
  .strictObject({
    kind: z.literal('dataset'),
    dataset: z.enum(datasetNames).describe('Which data set.'),
    split: z.enum(splits).describe('Which split of it.'),
    examples: firstExamples,
    imageSize: imageSize
      .exactOptional()
      .describe(`Height and width of the images of ${ofDirectories}; 224 unless given.`),
    revision: revision
      .exactOptional()
      .describe(`Of the directory of ${ofDirectories}: change it when files there have changed.`),
  })
  .transform((step) => {
    const { source, shape } = datasets[step.dataset];
    return source === 'directory' ? { imageSize: shape[0], ...step } : step;
  });
export type DatasetStep = z.output<typeof datasetStep>;

export function datasetFactsOf(step: DatasetStep): StepFacts {
  const { dataset, split, examples } = step;
  const imageSize = step.imageSize ?? null;
  const { classes, mirrorable, examples: available } = datasets[dataset];
  const shape = imageShapeOf(dataset, imageSize);
  const images = { dataset, imageSize, shape, classes, mirrorable, bytesPerPixel: 1 as const };
  return { images, examples: examples ?? available[split], isBound: false };
}

export function datasetProblems(step: DatasetStep): Problem[] {
  const { dataset, split, examples } = step;
  const available = datasets[dataset].examples[split];
  return [
    ...tooManyExamples('examples', examples, available, `${dataset} ${split}`),
    ...onlyOfDirectory(step),
  ];
}

function onlyOfDirectory({ dataset, imageSize, revision }: DatasetStep): Problem[] {
  if (datasets[dataset].source === 'directory') return [];
  const ownSize = `the images of ${dataset} have a size of their own`;
  const neverChanges = `${dataset} is published and never changes`;
  return [
    ...(imageSize === undefined ? [] : [problem('imageSize', ownSize, () => 'leave imageSize out')]),
    ...(revision === undefined ? [] : [problem('revision', neverChanges, () => 'leave revision out')]),
  ];
}
