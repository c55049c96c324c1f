import type { GaussianParameters } from './parameters.js';

/** All dimensions of the theory. Not measured yet; it trains no network. */
export const lab: GaussianParameters = {
  dimensions: [2, 4, 8, 16, 32, 64, 128, 256, 512],
  epsilons: [0.1, 0.25, 0.5, 1, 2],
  conditionNumber: 16,
  meanNorm: 1,
};
