import { at } from './expected-loss.js';
import type { SpectralGaussians } from './gaussians.js';

const degrees = 180 / Math.PI;

/** w = Σ⁻¹μ*, the gradient of the classifier sign(wᵀx) that the model implies, in the eigenbasis. */
export function discriminant(truth: SpectralGaussians, modelVariances: Float64Array): Float64Array {
  return truth.mean.map((value, i) => value / at(modelVariances, i));
}

/** Angle, in degrees, between that gradient and the vector between the class means. 0 is perfect alignment. */
export function alignmentAngle(truth: SpectralGaussians, modelVariances: Float64Array): number {
  const w = discriminant(truth, modelVariances);
  // atan2 of the part across and the part along: exact for small angles, where acos is not.
  const meanLength = Math.hypot(...truth.mean);
  const along = dot(w, truth.mean) / meanLength;
  const across = Math.hypot(...w.map((value, i) => value - (along * at(truth.mean, i)) / meanLength));
  return Math.atan2(across, along) * degrees;
}

/**
 * The largest alignment angle any mean can give this covariance, in degrees: its cosine is 2√κ/(1+κ), κ the condition
 * number (Kantorovich's inequality). This is the quantity of Theorem 3.
 */
export function worstAlignmentAngle(modelVariances: Float64Array): number {
  const largest = modelVariances.reduce((most, value) => Math.max(most, value), 0);
  const smallest = modelVariances.reduce((least, value) => Math.min(least, value), Infinity);
  const root = Math.sqrt(largest / smallest);
  return 2 * Math.atan((root - 1) / (root + 1)) * degrees;
}

/** Accuracy of sign(wᵀx), in [0, 1], when each x is moved by at most ε: Φ((wᵀμ* − ε‖w‖)/√(wᵀΣ*w)). Exact. */
export function accuracyUnderAttack(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  epsilon: number,
): number {
  const w = discriminant(truth, modelVariances);
  const spread = Math.sqrt(w.reduce((sum, value, i) => sum + value * value * at(truth.variances, i), 0));
  return normalCdf((dot(w, truth.mean) - epsilon * Math.hypot(...w)) / spread);
}

/**
 * Φ, to about 1e-15 absolute: Taylor series around 0 (Marsaglia, Evaluating the Normal Distribution, J. Stat. Software
 * 11(4), 2004).
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 8.5) return x > 0 ? 1 : 0;
  let sum = x;
  let term = x;
  for (let i = 3; ; i += 2) {
    term *= (x * x) / i;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return Math.min(1, Math.max(0, 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI)));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * at(b, i), 0);
}
