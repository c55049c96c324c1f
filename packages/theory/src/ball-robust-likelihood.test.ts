import { describe, expect, it } from 'vitest';
import { ballLossIncrease } from './ball-adversary.js';
import { fitAgainstBall } from './ball-robust-likelihood.js';
import { at, expectedLoss } from './expected-loss.js';
import { momentMatched, normalSample, randomProblem } from './random-problem.js';
import { lambdaOfTrace, robustVariances, traceOf } from './robust-likelihood.js';

const problem = (dimension: number, conditionNumber: number) =>
  randomProblem({ dimension, conditionNumber, meanNorm: 1, seed: 1 });
const draws = (n: number, dimension: number) => momentMatched(normalSample(n, dimension, 2));

/** Largest relative distance of an eigenvalue from the member of Theorem 2's family with the same trace. */
function distanceFromTheorem2(variances: Float64Array, fitted: Float64Array): number {
  const nearest = robustVariances(variances, lambdaOfTrace(variances, traceOf(fitted)));
  return nearest.reduce((most, value, i) => Math.max(most, Math.abs(value / at(fitted, i) - 1)), 0);
}

describe('fitAgainstBall', () => {
  it('in one dimension is E(|z| + ε)²', () => {
    const sample = draws(20_000, 1);
    const fit = fitAgainstBall(Float64Array.of(2), 0.5, sample);
    const expected = 2 + 2 * 0.5 * Math.sqrt((2 * 2) / Math.PI) + 0.25;
    expect(Math.abs(at(fit.variances, 0) / expected - 1)).toBeLessThan(0.01);
  });

  it('is a minimum of the loss under attack', () => {
    const truth = problem(4, 10);
    const sample = draws(2000, 4);
    const fit = fitAgainstBall(truth.variances, 0.5, sample);
    expect(fit.converged).toBe(true);
    const under = (model: Float64Array) =>
      expectedLoss(truth, model) + ballLossIncrease(truth, model, 0.5, sample).mean;
    expect(under(fit.variances)).toBeCloseTo(fit.value, 8);
    for (let i = 0; i < 4; i++) {
      const shifted = (by: number) => fit.variances.map((v, j) => (j === i ? v * (1 + by) : v));
      const [up, down] = [under(shifted(1e-3)), under(shifted(-1e-3))];
      expect(Math.min(up, down)).toBeGreaterThan(fit.value);
      expect(Math.abs(up - down) / 2e-3).toBeLessThan(1e-4);
    }
  });

  it('leaves the form of Theorem 2 in two dimensions, and nears it in many', () => {
    const two = problem(2, 10);
    const inTwo = fitAgainstBall(two.variances, 0.25, draws(20_000, 2));
    expect(distanceFromTheorem2(two.variances, inTwo.variances)).toBeGreaterThan(0.05);
    const many = problem(256, 10);
    const inMany = fitAgainstBall(many.variances, 0.25, draws(500, 256));
    expect(distanceFromTheorem2(many.variances, inMany.variances)).toBeLessThan(0.002);
  });
});
