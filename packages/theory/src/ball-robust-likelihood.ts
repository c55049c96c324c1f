import { drawResidual, worstPerturbation } from './ball-adversary.js';
import { at, normaliser } from './expected-loss.js';
import type { NormalSample } from './random-problem.js';
import { lambdaOfEpsilon, robustVariances } from './robust-likelihood.js';

export interface BallRobustFit {
  /** In the eigenbasis of Σ*, which the solution shares; its mean is the true mean. */
  variances: Float64Array;
  /** Expected loss under attack at the solution, in nats, over the sample. */
  value: number;
  steps: number;
  converged: boolean;
}

/**
 * min over Σ of E[max over ‖δ‖ ≤ ε of ℓ(x+δ, y)], where every x has a ball of its own: no closed form is known for d > 1.
 * Attack the sample, move toward the variances of the attacked sample, halve the step where the value does not fall.
 * Convex in Σ⁻¹, so that what is found is the minimum. Starts from Theorem 2's answer to the average budget ε.
 */
export function fitAgainstBall(
  variances: Float64Array,
  epsilon: number,
  sample: NormalSample,
  options: { tolerance?: number; maxSteps?: number } = {},
): BallRobustFit {
  const { tolerance = 1e-5, maxSteps = 200 } = options;
  let state = attackedVariances(
    variances,
    robustVariances(variances, lambdaOfEpsilon(variances, epsilon)),
    epsilon,
    sample,
  );
  let stepSize = 1;
  let steps = 0;
  while (steps < maxSteps && correction(state) > tolerance) {
    const { model, refitted } = state;
    const candidate = model.map((value, i) => value * (at(refitted, i) / value) ** stepSize);
    const next = attackedVariances(variances, candidate, epsilon, sample);
    steps++;
    if (improves(next, state, stepSize)) {
      state = next;
      stepSize = Math.min(1, 1.5 * stepSize);
    } else if (stepSize > 1e-9) stepSize /= 2;
    else break;
  }
  return { variances: state.model, value: state.value, steps, converged: correction(state) <= tolerance };
}

interface State {
  model: Float64Array;
  refitted: Float64Array;
  value: number;
  /** Fall of the value for each unit of the step. */
  slope: number;
}

function attackedVariances(
  variances: Float64Array,
  model: Float64Array,
  epsilon: number,
  sample: NormalSample,
): State {
  const deviations = variances.map(Math.sqrt);
  const z = new Float64Array(sample.dimension);
  const delta = new Float64Array(sample.dimension);
  const refitted = new Float64Array(sample.dimension);
  for (let row = 0; row < sample.n; row++) {
    drawResidual(sample, row, deviations, z);
    worstPerturbation(z, model, epsilon, delta);
    for (let i = 0; i < z.length; i++)
      refitted[i] = at(refitted, i) + (at(z, i) + at(delta, i)) ** 2 / sample.n;
  }
  const mahalanobis = refitted.reduce((sum, value, i) => sum + value / at(model, i), 0);
  const slope = refitted.reduce((sum, value, i) => {
    const ratio = value / at(model, i);
    return sum + 0.5 * (ratio - 1) * Math.log(ratio);
  }, 0);
  return { model, refitted, value: 0.5 * mahalanobis + normaliser(model), slope };
}

/** Armijo's rule with half the slope; at rounding's edge, a smaller correction. */
function improves(next: State, state: State, stepSize: number): boolean {
  if (next.value <= state.value - 0.5 * stepSize * state.slope) return true;
  const rounding = 1e-13 * Math.abs(state.value);
  return next.value <= state.value + rounding && correction(next) < 0.9 * correction(state);
}

function correction({ model, refitted }: State): number {
  return model.reduce((most, value, i) => Math.max(most, Math.abs(at(refitted, i) / value - 1)), 0);
}
