import type { GaussianParameters } from './parameters.js';

/** The paper draws d = 2 and proves the rest: as in lab, with the radii closer together. */
export const paper: GaussianParameters = {
  dimensions: [2, 4, 8, 16, 32, 64, 128, 256, 512],
  epsilons: [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3],
  conditionNumber: 16,
  meanNorm: 1,
};
