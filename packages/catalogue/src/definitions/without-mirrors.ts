import type { Augmentation } from '../values.js';

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
