import { at } from './expected-loss.js';
import type { SpectralGaussians } from './gaussians.js';
import { rootOfDecreasing } from './monotone-root.js';

/*
 * The adversary who maximises ℓ(x+δ, y) − (C/2)·‖δ‖², ℓ = −log N(x; y·μ, Σ) in nats. For C·σ_min(Σ) > 1 its answer to
 * z = x − y·μ is δ = (C·Σ − I)⁻¹·z; at or below that bound the supremum is infinite. See docs/theory.md.
 */

/** E[ℓ(x+δ)] − E[ℓ(x)] in nats; Infinity where the penalty does not hold the adversary. */
export function penalisedLossIncrease(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  penalty: number,
): number {
  return sumOver(
    truth,
    modelVariances,
    penalty,
    (excess, ratio) => 0.5 * ratio * ((1 + 1 / excess) ** 2 - 1),
  );
}

/** E‖δ‖², the squared length the adversary spends on average. */
export function expectedSquaredPerturbation(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  penalty: number,
): number {
  return sumOver(truth, modelVariances, penalty, (excess, _, variance) => variance / excess ** 2);
}

/**
 * The penalty C at which the adversary of a given model spends E‖δ‖² = ε²: the multiplier that makes of the penalised
 * adversary the one bound to an average budget, sup over E‖δ‖² ≤ ε². Infinity for ε = 0.
 */
export function penaltyOfBudget(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  epsilon: number,
): number {
  if (epsilon === 0) return Infinity;
  const smallest = modelVariances.reduce((least, variance) => Math.min(least, variance), Infinity);
  const spent = (excess: number) => {
    let sum = 0;
    for (let i = 0; i < modelVariances.length; i++) {
      sum += at(truth.variances, i) / (((1 + excess) * at(modelVariances, i)) / smallest - 1) ** 2;
    }
    return sum;
  };
  return (1 + rootOfDecreasing(spent, epsilon ** 2)) / smallest;
}

/** Rise of the loss, in nats, under the worst adversary with E‖δ‖² ≤ ε². Exact. */
export function averageBudgetLossIncrease(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  epsilon: number,
): number {
  if (epsilon === 0) return 0;
  return penalisedLossIncrease(truth, modelVariances, penaltyOfBudget(truth, modelVariances, epsilon));
}

/**
 * The right-hand side of Theorem 1 as the paper states it, tr[(I + (C·Σ* − I)⁻¹)²] − d. In nats, and with the penalty
 * (C/2)·‖δ‖², the rise of the loss is half of it.
 */
export function theorem1AsQuoted(variances: Float64Array, penalty: number): number {
  return 2 * penalisedLossIncrease({ mean: new Float64Array(), variances }, variances, penalty);
}

function sumOver(
  truth: SpectralGaussians,
  modelVariances: Float64Array,
  penalty: number,
  term: (excess: number, ratio: number, variance: number) => number,
): number {
  if (penalty === Infinity) return 0;
  let sum = 0;
  for (let i = 0; i < modelVariances.length; i++) {
    const excess = penalty * at(modelVariances, i) - 1;
    if (excess <= 0) return Infinity;
    sum += term(excess, at(truth.variances, i) / at(modelVariances, i), at(truth.variances, i));
  }
  return sum;
}
