import type { StepContext } from '../definitions/kind-definition.js';
import { type Problem, problem } from '../problem.js';

/** What may be wrong between a step and the images that it goes through. */

export function tooManyExamples(
  path: string,
  required: number | null,
  available: number,
  what: string,
): Problem[] {
  if (required === null || required <= available) return [];
  return [problem(path, `${required} is more than the ${available} examples of ${what}`)];
}

/** A model sees images like those it was trained on. */
export function otherImages(path: string, model: string, dataset: string, { facts }: StepContext): Problem[] {
  const trained = facts(model).images;
  const seen = facts(dataset).images;
  if (trained?.dataset === seen?.dataset && trained?.imageSize === seen?.imageSize) return [];
  const named = (images: typeof seen) =>
    images?.imageSize == null ? images?.dataset : `${images.dataset} at imageSize ${images.imageSize}`;
  return [problem(path, `the model is trained on ${named(trained)}, the images are ${named(seen)}`)];
}

/** Blocks are planned before it is known how many images a model gets wrong. */
export function unknownSize(dataset: string, { facts }: StepContext): Problem[] {
  if (!facts(dataset).isBound) return [];
  return [problem('dataset', `how many images ${dataset} holds is known only when it is made`)];
}

/** Of a step that goes through the first so many images of a set, in blocks. */
export const blockProblems = (
  { dataset, examples }: { dataset: string; examples: number | null },
  context: StepContext,
): Problem[] => [
  ...tooManyExamples('examples', examples, context.facts(dataset).examples, dataset),
  ...unknownSize(dataset, context),
];
