import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { at } from './expected-loss.js';
import { covarianceOf } from './gaussians.js';
import {
  averageBudgetLossIncrease,
  expectedSquaredPerturbation,
  penalisedLossIncrease,
  penaltyOfBudget,
  theorem1AsQuoted,
} from './penalised-adversary.js';
import { normalSample, randomProblem, randomRotation } from './random-problem.js';
import { traceOf } from './robust-likelihood.js';

const spectrum = fc
  .array(fc.double({ min: 0.05, max: 20, noNaN: true }), { minLength: 2, maxLength: 8 })
  .map((values) => Float64Array.from(values));
const zeroMean = new Float64Array();
const averaged = (variances: Float64Array) => variances.map(() => traceOf(variances) / variances.length);

/** Attacks draws by gradient ascent on scale·½zᵀPz − (penalty/2)·‖δ‖², with full matrices. */
function attackDraws(options: { scale: number; penalty: number }) {
  const truth = randomProblem({ dimension: 3, conditionNumber: 6, meanNorm: 1, seed: 3 });
  const basis = randomRotation(3, 4);
  const n = 6000;
  const draws = new Matrix(Array.from({ length: n }, () => [0, 0, 0]));
  const { values } = normalSample(n, 3, 5);
  for (let i = 0; i < values.length; i++) draws.set(Math.floor(i / 3), i % 3, at(values, i));
  const z = draws.mmul(covarianceOf(truth.variances.map(Math.sqrt), basis));
  const precision = solve(covarianceOf(truth.variances, basis), Matrix.eye(3)).mul(options.scale);
  let delta = new Matrix(n, 3);
  for (let step = 0; step < 40; step++) {
    const gradient = Matrix.add(z, delta).mmul(precision).sub(Matrix.mul(delta, options.penalty));
    delta = Matrix.add(delta, gradient.div(options.penalty));
  }
  const loss = (x: Matrix) => Matrix.mul(x.mmul(precision), x).mul(0.5).sum('row');
  const clean = loss(z);
  const rises = loss(Matrix.add(z, delta)).map((value, i) => value - (clean[i] as number));
  const mean = rises.reduce((sum, rise) => sum + rise, 0) / n;
  const variance = rises.reduce((sum, rise) => sum + (rise - mean) ** 2, 0) / (n - 1);
  const squared = Matrix.mul(delta, delta).sum('row');
  return {
    truth,
    mean,
    standardError: Math.sqrt(variance / n),
    squaredLength: squared.reduce((sum, value) => sum + value, 0) / n,
  };
}

describe('Theorem 1', () => {
  const penalty = 8;

  it('in nats, with the penalty (C/2)·‖δ‖², is half of what is quoted', () => {
    const { truth, mean, standardError } = attackDraws({ scale: 1, penalty });
    const quoted = theorem1AsQuoted(truth.variances, penalty);
    expect(Math.abs(mean - quoted / 2)).toBeLessThan(4 * standardError);
    expect(Math.abs(mean - quoted)).toBeGreaterThan(20 * standardError);
    expect(penalisedLossIncrease(truth, truth.variances, penalty)).toBe(quoted / 2);
  });

  it('holds as quoted for −2·log N with the penalty C·‖δ‖²', () => {
    const { truth, mean, standardError } = attackDraws({ scale: 2, penalty: 2 * penalty });
    expect(Math.abs(mean - theorem1AsQuoted(truth.variances, penalty))).toBeLessThan(4 * standardError);
  });

  it('needs 2C in place of C for −log N with the penalty C·‖δ‖²', () => {
    const { truth, mean, standardError } = attackDraws({ scale: 1, penalty: 2 * penalty });
    expect(Math.abs(mean - theorem1AsQuoted(truth.variances, 2 * penalty) / 2)).toBeLessThan(
      4 * standardError,
    );
    expect(Math.abs(mean - theorem1AsQuoted(truth.variances, penalty))).toBeGreaterThan(20 * standardError);
  });

  it('is the trace it says, computed with matrices', () => {
    const { variances } = randomProblem({ dimension: 4, conditionNumber: 5, meanNorm: 1, seed: 1 });
    const covariance = covarianceOf(variances, randomRotation(4, 2));
    const inner = Matrix.sub(Matrix.mul(covariance, penalty), Matrix.eye(4));
    const map = Matrix.add(solve(inner, Matrix.eye(4)), Matrix.eye(4));
    expect(theorem1AsQuoted(variances, penalty)).toBeCloseTo(map.mmul(map).trace() - 4, 10);
  });

  it('needs C > 1/σ_min(Σ*): at the bound the loss is infinite', () => {
    const variances = Float64Array.of(0.5, 2);
    expect(theorem1AsQuoted(variances, 2)).toBe(Infinity);
    expect(theorem1AsQuoted(variances, 1)).toBe(Infinity);
    expect(theorem1AsQuoted(variances, 2.001)).toBeGreaterThan(1e5);
  });

  it('needs the square: a penalty C·‖δ‖ holds no adversary', () => {
    const gain = (length: number) => 0.5 * ((0.3 + length) ** 2 - 0.3 ** 2) - 1000 * length;
    expect(gain(1e4)).toBeGreaterThan(gain(1e3));
    expect(gain(1e5)).toBeGreaterThan(1e9);
  });

  it('is least for fixed trace when Σ* ∝ I, at equal C and at equal budget', () => {
    fc.assert(
      fc.property(spectrum, fc.double({ min: 1.01, max: 50, noNaN: true }), (variances, factor) => {
        const isotropic = averaged(variances);
        const c = factor / Math.min(...variances);
        const slack = 1 + 1e-9;
        expect(theorem1AsQuoted(isotropic, c)).toBeLessThanOrEqual(theorem1AsQuoted(variances, c) * slack);
        const of = (v: Float64Array) =>
          averageBudgetLossIncrease({ mean: zeroMean, variances: v }, v, factor / 10);
        expect(of(isotropic)).toBeLessThanOrEqual(of(variances) * slack);
      }),
    );
  });
});

describe('the budget of the penalised adversary', () => {
  it('is E‖δ‖² of the attacked draws', () => {
    const { truth, squaredLength } = attackDraws({ scale: 1, penalty: 8 });
    const expected = expectedSquaredPerturbation(truth, truth.variances, 8);
    expect(Math.abs(squaredLength / expected - 1)).toBeLessThan(0.08);
  });

  it('gives back the ε that a penalty was found for, for any model', () => {
    fc.assert(
      fc.property(
        spectrum,
        fc.double({ min: 1e-3, max: 30, noNaN: true }),
        fc.nat(),
        (variances, epsilon, seed) => {
          const model = normalSample(1, variances.length, seed).values.map((value) => Math.exp(value));
          const truth = { mean: zeroMean, variances };
          const c = penaltyOfBudget(truth, model, epsilon);
          expect(Math.sqrt(expectedSquaredPerturbation(truth, model, c)) / epsilon).toBeCloseTo(1, 6);
        },
      ),
    );
  });

  it('raises the loss of an isotropic model by (2ε√k + ε²)·d/2k, k the trace', () => {
    const variances = Float64Array.of(0.7, 0.7, 0.7);
    const rise = averageBudgetLossIncrease({ mean: zeroMean, variances }, variances, 0.4);
    expect(rise).toBeCloseTo(((0.8 * Math.sqrt(2.1) + 0.16) * 3) / 4.2, 10);
    expect(averageBudgetLossIncrease({ mean: zeroMean, variances }, variances, 0)).toBe(0);
  });
});
