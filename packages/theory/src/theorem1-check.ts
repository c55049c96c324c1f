import { drawResidual, type Estimate } from './ball-adversary.js';
import { at } from './expected-loss.js';
import type { Theorem1Check } from './gaussian-study-types.js';
import type { SpectralGaussians } from './gaussians.js';
import {
  averageBudgetLossIncrease,
  penalisedLossIncrease,
  penaltyOfBudget,
  theorem1AsQuoted,
} from './penalised-adversary.js';
import type { NormalSample } from './random-problem.js';
import { traceOf } from './robust-likelihood.js';

/** Theorem 1 as quoted, in nats, and by attacking draws, for the adversary who spends E‖δ‖² = ε² on Σ = Σ*. */
export function checkTheorem1(
  truth: SpectralGaussians,
  epsilon: number,
  sample: NormalSample,
): Theorem1Check {
  const { variances } = truth;
  const penalty = penaltyOfBudget(truth, variances, epsilon);
  const average = variances.map(() => traceOf(variances) / variances.length);
  const isotropic = { ...truth, variances: average };
  return {
    epsilon,
    penalty,
    quoted: theorem1AsQuoted(variances, penalty),
    lossIncrease: penalisedLossIncrease(truth, variances, penalty),
    monteCarlo: attackedIncrease(variances, penalty, sample),
    isotropicLossIncrease: penalisedLossIncrease(isotropic, average, penalty),
    isotropicLossIncreaseAtEpsilon: averageBudgetLossIncrease(isotropic, average, epsilon),
  };
}

/**
 * E[ℓ(x+δ) − ℓ(x)] over draws, each attacked by gradient ascent on ℓ(x+δ) − (C/2)‖δ‖² with steps of 1/C along every
 * axis, from δ = 0 until it stands still: nothing of the closed form is used.
 */
export function attackedIncrease(variances: Float64Array, penalty: number, sample: NormalSample): Estimate {
  const deviations = variances.map(Math.sqrt);
  const z = new Float64Array(sample.dimension);
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < sample.n; row++) {
    drawResidual(sample, row, deviations, z);
    let rise = 0;
    for (let i = 0; i < z.length; i++) {
      const delta = ascend(at(z, i), at(variances, i), penalty);
      rise += (0.5 * delta * (2 * at(z, i) + delta)) / at(variances, i);
    }
    sum += rise;
    squares += rise * rise;
  }
  const mean = sum / sample.n;
  return { mean, standardError: Math.sqrt((squares / sample.n - mean ** 2) / (sample.n - 1)), n: sample.n };
}

function ascend(z: number, variance: number, penalty: number): number {
  let delta = 0;
  for (let step = 0; step < 10_000; step++) {
    const next = (z + delta) / (variance * penalty);
    if (Math.abs(next - delta) <= 1e-10 * Math.abs(next)) return next;
    delta = next;
  }
  return delta;
}
