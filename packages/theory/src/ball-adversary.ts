import { at, expectedLoss } from './expected-loss.js';
import type { SpectralGaussians } from './gaussians.js';
import type { NormalSample } from './random-problem.js';

/** A number estimated from n draws, with its standard error. */
export interface Estimate {
  mean: number;
  standardError: number;
  n: number;
}

/**
 * The δ with ‖δ‖ ≤ ε that maximises ½·(z+δ)ᵀΣ⁻¹(z+δ), exactly, in the eigenbasis of Σ; `z` = x − y·μ. A convex function
 * is greatest on the sphere, where δ = (λI − Σ⁻¹)⁻¹Σ⁻¹z with λ ≥ the largest precision and ‖δ(λ)‖ = ε. 1/‖δ(λ)‖ is
 * concave and rising, so Newton's method from a lower bound approaches the root from below and never overshoots
 * (Conn, Gould, Toint, Trust-Region Methods, section 7.3). Fills `delta` and returns the rise of the loss, in nats.
 */
export function worstPerturbation(
  z: Float64Array,
  modelVariances: Float64Array,
  epsilon: number,
  delta: Float64Array,
): number {
  const d = z.length;
  let narrowest = 0;
  for (let i = 1; i < d; i++) if (at(modelVariances, i) < at(modelVariances, narrowest)) narrowest = i;
  const largest = 1 / at(modelVariances, narrowest);
  // Kept as the distance above the largest precision, which is what the terms divide by.
  let above = Math.max((largest * Math.abs(at(z, narrowest))) / epsilon, largest * 1e-15);
  for (let step = 0; step < 100; step++) {
    let length2 = 0;
    let slope = 0;
    for (let i = 0; i < d; i++) {
      const precision = 1 / at(modelVariances, i);
      const gap = above + (largest - precision);
      const component = (precision * at(z, i)) / gap;
      delta[i] = component;
      length2 += component * component;
      slope += (component * component) / gap;
    }
    const length = Math.sqrt(length2);
    if (length <= epsilon * (1 + 1e-12)) break;
    above += ((length - epsilon) / epsilon) * (length2 / slope);
  }
  onSphere(z, delta, narrowest, epsilon);
  let rise = 0;
  for (let i = 0; i < d; i++) rise += (at(delta, i) * (2 * at(z, i) + at(delta, i))) / at(modelVariances, i);
  return 0.5 * rise;
}

/** The hard case: where z has (next to) nothing along the narrowest axis, what is left of ε goes there. */
function onSphere(z: Float64Array, delta: Float64Array, narrowest: number, epsilon: number): void {
  let others = 0;
  for (let i = 0; i < delta.length; i++) if (i !== narrowest) others += at(delta, i) ** 2;
  const left = Math.sqrt(Math.max(0, epsilon ** 2 - others));
  delta[narrowest] = at(z, narrowest) < 0 ? -left : left;
}

/** z = Σ*^½ · normal, one row. */
export function drawResidual(
  sample: NormalSample,
  row: number,
  deviations: Float64Array,
  z: Float64Array,
): void {
  for (let i = 0; i < z.length; i++) z[i] = at(sample.values, row * z.length + i) * at(deviations, i);
}

/** Rise of the expected loss, in nats, when each x is moved to the worst point within ε of it. */
export function ballLossIncrease(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  epsilon: number,
  sample: NormalSample,
): Estimate {
  if (epsilon === 0) return { mean: 0, standardError: 0, n: sample.n };
  const deviations = truth.variances.map(Math.sqrt);
  const z = new Float64Array(sample.dimension);
  const delta = new Float64Array(sample.dimension);
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < sample.n; row++) {
    drawResidual(sample, row, deviations, z);
    const rise = worstPerturbation(z, modelVariances, epsilon, delta);
    sum += rise;
    squares += rise * rise;
  }
  const mean = sum / sample.n;
  const variance = Math.max(0, squares / sample.n - mean * mean);
  return { mean, standardError: Math.sqrt(variance / (sample.n - 1)), n: sample.n };
}

/** Expected loss, in nats, under that attack: exact without it, estimated in what it adds. */
export function ballLoss(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  epsilon: number,
  sample: NormalSample,
): Estimate {
  const increase = ballLossIncrease(truth, modelVariances, epsilon, sample);
  return { ...increase, mean: increase.mean + expectedLoss(truth, modelVariances) };
}
