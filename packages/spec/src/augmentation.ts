import { type Augmentation, datasetImages } from '@toogit/catalogue';
import { stepFacts } from './step-facts.js';
import type { ParsedSteps, ResolvedSteps } from './steps.js';

/** A training without an augmentation of its own gets the usual one of its images: no mirror where that changes the class. */
export function withAugmentations(steps: ParsedSteps): ResolvedSteps {
  const facts = stepFacts(steps);
  return Object.fromEntries(
    Object.entries(steps).map(([name, step]) => {
      if (step.kind !== 'train') return [name, step];
      const origin = facts.get(name)?.origin ?? null;
      const usual = origin === null || datasetImages[origin].mirrorable ? 'flip-crop' : 'crop';
      return [name, { ...step, augmentation: step.augmentation ?? usual }];
    }),
  );
}

/** A profile's parameters, for images that may not be mirrored: crops alone in the place of flips and crops. */
export function withoutMirrors<T>(parameters: T): T {
  if (Array.isArray(parameters)) return parameters.map(withoutMirrors) as T;
  if (typeof parameters === 'object' && parameters !== null) {
    return Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [key, withoutMirrors(value)]),
    ) as T;
  }
  return (parameters === ('flip-crop' satisfies Augmentation) ? 'crop' : parameters) as T;
}
