import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { at, expectedLoss, normaliser } from './expected-loss.js';
import { covarianceOf } from './gaussians.js';
import { averageBudgetLossIncrease, expectedSquaredPerturbation } from './penalised-adversary.js';
import { randomProblem, randomRotation } from './random-problem.js';
import {
  epsilonOfLambda,
  lambdaOfEpsilon,
  robustCovariance,
  robustVariances,
  traceOf,
} from './robust-likelihood.js';

const spectrum = fc
  .array(fc.double({ min: 0.05, max: 20, noNaN: true }), { minLength: 2, maxLength: 8 })
  .map((values) => Float64Array.from(values));
const radius = fc.double({ min: 1e-3, max: 20, noNaN: true });

/** E max over δ of ℓ − (λ/2)‖δ‖² = ½ Σ σ*·/(σ − 1/λ) + ½ log det 2πΣ. */
function penalisedValue(variances: Float64Array, model: Float64Array, lambda: number): number {
  const attacked = variances.reduce((sum, variance, i) => sum + variance / (at(model, i) - 1 / lambda), 0);
  return 0.5 * attacked + normaliser(model);
}

describe('Theorem 2', () => {
  it('is stationary and least: finite differences of the penalised loss vanish, neighbours are worse', () => {
    fc.assert(
      fc.property(spectrum, radius, (variances, epsilon) => {
        const lambda = lambdaOfEpsilon(variances, epsilon);
        const robust = robustVariances(variances, lambda);
        const value = penalisedValue(variances, robust, lambda);
        for (let i = 0; i < variances.length; i++) {
          // A step small beside the distance to the edge σ = 1/λ, where the loss is infinite.
          const step = 1e-4 * (at(robust, i) - 1 / lambda);
          const shifted = (by: number) => robust.map((variance, j) => (j === i ? variance + by : variance));
          const up = penalisedValue(variances, shifted(step), lambda);
          const down = penalisedValue(variances, shifted(-step), lambda);
          expect(Math.min(up, down)).toBeGreaterThan(value - 1e-12 * Math.abs(value));
          expect((Math.abs(up - down) / (2 * step)) * at(robust, i)).toBeLessThan(
            1e-5 * (1 + Math.abs(value)),
          );
        }
      }),
    );
  });

  it('is the saddle of the average budget: no other model does better against E‖δ‖² ≤ ε²', () => {
    fc.assert(
      fc.property(
        spectrum,
        radius,
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        (variances, epsilon, t) => {
          const truth = { mean: new Float64Array(), variances };
          const under = (model: Float64Array) =>
            expectedLoss(truth, model) + averageBudgetLossIncrease(truth, model, epsilon);
          const robust = robustVariances(variances, lambdaOfEpsilon(variances, epsilon));
          const other = robust.map((variance, i) => variance * Math.exp(i % 2 === 0 ? t : -0.5 * t));
          expect(under(robust)).toBeLessThanOrEqual(under(other) + 1e-9);
        },
      ),
    );
  });

  it('gives Σ* back as λ → ∞: Σ* + (2/λ)·I to first order', () => {
    const variances = Float64Array.of(0.2, 1, 4);
    expect(robustVariances(variances, Infinity)).toEqual(variances);
    const lambda = 1e6;
    robustVariances(variances, lambda).forEach((variance, i) => {
      expect(((variance - at(variances, i)) * lambda) / 2).toBeCloseTo(1, 4);
    });
  });

  it('for matrices: Σ_r − ½Σ* − I/λ squares to Σ*/λ + ¼Σ*²', () => {
    const { mean, variances } = randomProblem({ dimension: 5, conditionNumber: 20, meanNorm: 1, seed: 9 });
    const covariance = covarianceOf(variances, randomRotation(5, 10));
    const lambda = 3;
    const root = robustCovariance({ mean, covariance }, lambda)
      .sub(Matrix.mul(covariance, 0.5))
      .sub(Matrix.eye(5).div(lambda));
    const square = Matrix.div(covariance, lambda).add(covariance.mmul(covariance).div(4));
    expect(root.mmul(root).sub(square).norm()).toBeLessThan(1e-12);
  });
});

describe('λ and ε', () => {
  it('belong together: ε² = E‖δ‖² at the robust solution', () => {
    fc.assert(
      fc.property(spectrum, radius, (variances, epsilon) => {
        const lambda = lambdaOfEpsilon(variances, epsilon);
        expect(epsilonOfLambda(variances, lambda) / epsilon).toBeCloseTo(1, 10);
        const robust = robustVariances(variances, lambda);
        const truth = { mean: new Float64Array(), variances };
        expect(Math.sqrt(expectedSquaredPerturbation(truth, robust, lambda)) / epsilon).toBeCloseTo(1, 6);
      }),
    );
  });

  it('λ falls as ε grows, from λ·ε → √tr(Σ*⁻¹)', () => {
    const variances = Float64Array.of(0.25, 1, 2);
    const epsilons = [1e-6, 0.1, 1, 10, 100];
    const lambdas = epsilons.map((epsilon) => lambdaOfEpsilon(variances, epsilon));
    for (let i = 1; i < lambdas.length; i++) expect(lambdas[i]).toBeLessThan(lambdas[i - 1] as number);
    expect((lambdas[0] as number) * 1e-6).toBeCloseTo(Math.sqrt(traceOf(variances.map((v) => 1 / v))), 4);
    expect(lambdaOfEpsilon(variances, 0)).toBe(Infinity);
  });

  it('closed form at d = 512', () => {
    const { variances } = randomProblem({ dimension: 512, conditionNumber: 100, meanNorm: 1, seed: 0 });
    expect(epsilonOfLambda(variances, lambdaOfEpsilon(variances, 0.5))).toBeCloseTo(0.5, 12);
  });
});
