import type { Matrix } from 'ml-matrix';
import { at } from './expected-loss.js';
import { covarianceOf, diagonalize, type Gaussians } from './gaussians.js';
import { rootOfDecreasing } from './monotone-root.js';

/**
 * Theorem 2, one eigenvalue at a time: σ_r = ½σ* + 1/λ + √((1/λ)σ* + ¼σ*²), the variances that minimise the expected loss
 * under the adversary with penalty (λ/2)·‖δ‖². λ = Infinity gives σ* back.
 */
export function robustVariances(variances: Float64Array, lambda: number): Float64Array {
  const inverse = 1 / lambda;
  return variances.map(
    (variance) => 0.5 * variance + inverse + Math.sqrt(inverse * variance + 0.25 * variance ** 2),
  );
}

/** Theorem 2 for matrices: ½Σ* + (1/λ)·I + ((1/λ)·Σ* + ¼Σ*²)^½. The robust mean is the true mean. */
export function robustCovariance(truth: Gaussians, lambda: number): Matrix {
  const { variances, basis } = diagonalize(truth);
  return covarianceOf(robustVariances(variances, lambda), basis);
}

/** The ε with which the penalty λ goes at the robust solution: ε² = E‖δ‖² = tr(Σ_r⁻¹)/λ². Decreasing in λ. */
export function epsilonOfLambda(variances: Float64Array, lambda: number): number {
  const robust = robustVariances(variances, lambda);
  return Math.sqrt(robust.reduce((sum, variance) => sum + 1 / variance, 0)) / lambda;
}

/**
 * The multiplier λ at which Theorem 2 solves min over (μ, Σ) of max over E‖δ‖² ≤ ε². One for every ε > 0; as ε → 0,
 * λ·ε → √tr(Σ*⁻¹). Infinity for ε = 0.
 */
export function lambdaOfEpsilon(variances: Float64Array, epsilon: number): number {
  if (epsilon === 0) return Infinity;
  return rootOfDecreasing((lambda) => epsilonOfLambda(variances, lambda), epsilon);
}

/**
 * The λ whose Theorem 2 covariance has the trace given: how a covariance found otherwise is compared with the theorem's
 * family. The trace must exceed that of `variances`.
 */
export function lambdaOfTrace(variances: Float64Array, trace: number): number {
  return rootOfDecreasing((lambda) => traceOf(robustVariances(variances, lambda)), trace);
}

export function traceOf(variances: Float64Array): number {
  let trace = 0;
  for (let i = 0; i < variances.length; i++) trace += at(variances, i);
  return trace;
}
