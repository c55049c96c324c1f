import type { SpectralGaussians } from './gaussians.js';

/** Half the log-determinant and the constant of a Gaussian's −log density, in nats: ½·log det(2πΣ). */
export function normaliser(modelVariances: Float64Array): number {
  return 0.5 * modelVariances.reduce((sum, variance) => sum + Math.log(2 * Math.PI * variance), 0);
}

/**
 * E[−log N(x; y·μ*, Σ)] in nats, for a model with the true mean and, in the eigenbasis of Σ*, the variances given:
 * ½·tr(Σ⁻¹Σ*) + ½·log det(2πΣ).
 */
export function expectedLoss(truth: SpectralGaussians, modelVariances: Float64Array): number {
  const mahalanobis = truth.variances.reduce((sum, variance, i) => sum + variance / at(modelVariances, i), 0);
  return 0.5 * mahalanobis + normaliser(modelVariances);
}

/** An entry that is known to be there. */
export function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
