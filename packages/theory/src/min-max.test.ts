import fc from 'fast-check';
import { determinant, inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { at } from './expected-loss.js';
import { covarianceOf, type Gaussians, sampleMoments } from './gaussians.js';
import { fitByMinMax } from './min-max.js';
import { randomProblem, randomRotation, standardNormals } from './random-problem.js';
import { lambdaOfEpsilon, robustCovariance } from './robust-likelihood.js';

function rotated(variances: Float64Array, mean: Float64Array, seed: number): Gaussians {
  return { mean, covariance: covarianceOf(variances, randomRotation(variances.length, seed)) };
}

function relativeDifference(a: Matrix, b: Matrix): number {
  return Matrix.sub(a, b).abs().max() / Matrix.abs(b).max();
}

describe('fitByMinMax', () => {
  it.each([
    [2, 'ascent'],
    [8, 'ascent'],
    [64, 'solve'],
  ] as const)('finds Theorem 2 in %i dimensions, inner maximum by %s', (dimension, inner) => {
    const { variances, mean } = randomProblem({ dimension, conditionNumber: 30, meanNorm: 2, seed: 7 });
    const truth = rotated(variances, mean, 8);
    for (const epsilon of [0.1, 1]) {
      const penalty = lambdaOfEpsilon(variances, epsilon);
      const fit = fitByMinMax(truth, { penalty, inner });
      expect(fit.converged).toBe(true);
      expect(relativeDifference(fit.covariance, robustCovariance(truth, penalty))).toBeLessThan(1e-4);
      for (const [i, value] of fit.mean.entries()) expect(Math.abs(value - at(mean, i))).toBeLessThan(1e-4);
    }
  });

  it('finds Theorem 2 for any covariance and radius', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 10, noNaN: true }), { minLength: 2, maxLength: 5 }),
        fc.double({ min: 0.02, max: 3, noNaN: true }),
        fc.nat(1000),
        (values, epsilon, seed) => {
          const variances = Float64Array.from(values);
          const truth = rotated(variances, standardNormals(values.length, seed), seed + 1);
          const penalty = lambdaOfEpsilon(variances, epsilon);
          const fit = fitByMinMax(truth, { penalty, inner: 'solve' });
          expect(relativeDifference(fit.covariance, robustCovariance(truth, penalty))).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('without an adversary finds the moments of a sample', () => {
    const n = 500;
    const noise = standardNormals(3 * n, 1);
    const y = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : -1));
    const x = noise.map((value, i) => value * (1 + (i % 3)) + (y[Math.floor(i / 3)] as number) * 2);
    const moments = sampleMoments(x, y);
    for (const value of moments.mean) expect(Math.abs(value - 2)).toBeLessThan(0.6);
    const fit = fitByMinMax(moments, { penalty: Infinity });
    expect(relativeDifference(fit.covariance, moments.covariance)).toBeLessThan(1e-6);
    const likelihood = (model: Gaussians) => -totalLogDensity(x, y, model);
    const best = likelihood(fit);
    for (const shift of [0.01, -0.01]) {
      expect(likelihood({ ...fit, mean: fit.mean.map((value) => value + shift) })).toBeGreaterThan(best);
      expect(likelihood({ ...fit, covariance: Matrix.mul(fit.covariance, 1 + shift) })).toBeGreaterThan(best);
    }
  });

  it('ends in a saddle: its value is stationary in the covariance off the eigenbasis as well', () => {
    const { variances, mean } = randomProblem({ dimension: 3, conditionNumber: 5, meanNorm: 1, seed: 2 });
    const truth = rotated(variances, mean, 3);
    const fit = fitByMinMax(truth, { penalty: 4 });
    const valueAt = (covariance: Matrix) => {
      const edge = Matrix.sub(covariance, Matrix.eye(3).div(4));
      return (
        0.5 * inverse(edge).mmul(truth.covariance).trace() +
        0.5 * Math.log(determinant(Matrix.mul(covariance, 2 * Math.PI)))
      );
    };
    expect(valueAt(fit.covariance)).toBeCloseTo(fit.value, 8);
    const direction = new Matrix([
      [0, 1, -0.5],
      [1, 0.3, 0.2],
      [-0.5, 0.2, -0.4],
    ]);
    const step = Matrix.mul(direction, 1e-3);
    const up = valueAt(Matrix.add(fit.covariance, step));
    const down = valueAt(Matrix.sub(fit.covariance, step));
    expect(Math.abs(up - down) / 2e-3).toBeLessThan(1e-4);
    expect(Math.min(up, down)).toBeGreaterThan(fit.value);
  });
});

function totalLogDensity(x: Float64Array, y: number[], model: Gaussians): number {
  const precision = inverse(model.covariance);
  const logDet = Math.log(determinant(model.covariance));
  return y.reduce((sum, label, i) => {
    const z = Matrix.columnVector(
      Float64Array.from(model.mean, (value, j) => at(x, 3 * i + j) - label * value),
    );
    return sum - 0.5 * (z.transpose().mmul(precision).mmul(z).get(0, 0) + logDet);
  }, 0);
}
