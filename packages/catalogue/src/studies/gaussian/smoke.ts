import type { GaussianParameters } from './parameters.js';

/** Few dimensions and radii. */
export const smoke: GaussianParameters = {
  dimensions: [2, 8, 32],
  epsilons: [0.25, 0.5, 1],
  conditionNumber: 16,
  meanNorm: 1,
};
