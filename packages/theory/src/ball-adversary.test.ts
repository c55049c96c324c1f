import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ballLoss, ballLossIncrease, worstPerturbation } from './ball-adversary.js';
import { at, expectedLoss } from './expected-loss.js';
import { averageBudgetLossIncrease } from './penalised-adversary.js';
import { normalSample, randomProblem, standardNormals } from './random-problem.js';

const rise = (z: Float64Array, delta: ArrayLike<number>, variances: Float64Array) =>
  z.reduce((sum, value, i) => {
    const step = delta[i] as number;
    return sum + (0.5 * step * (2 * value + step)) / at(variances, i);
  }, 0);

describe('worstPerturbation', () => {
  it('beats every point of the circle in two dimensions, and reaches the best', () => {
    const number = fc.double({ min: -4, max: 4, noNaN: true });
    const positive = fc.double({ min: 0.02, max: 10, noNaN: true });
    fc.assert(
      fc.property(number, number, positive, positive, positive, (z0, z1, v0, v1, epsilon) => {
        const z = Float64Array.of(z0, z1);
        const variances = Float64Array.of(v0, v1);
        const found = worstPerturbation(z, variances, epsilon, new Float64Array(2));
        let best = 0;
        for (let k = 0; k < 2000; k++) {
          const angle = (Math.PI * k) / 1000;
          best = Math.max(best, rise(z, [epsilon * Math.cos(angle), epsilon * Math.sin(angle)], variances));
        }
        expect(found).toBeGreaterThanOrEqual(best * (1 - 1e-12));
        expect(found).toBeLessThanOrEqual(best * (1 + 1e-4) + 1e-12);
      }),
    );
  });

  it('satisfies the conditions of optimality on the sphere in 512 dimensions', () => {
    const { variances } = randomProblem({ dimension: 512, conditionNumber: 100, meanNorm: 1, seed: 1 });
    const z = standardNormals(512, 2).map((value, i) => value * Math.sqrt(at(variances, i)));
    for (const epsilon of [0.01, 0.5, 20]) {
      const delta = new Float64Array(512);
      const found = worstPerturbation(z, variances, epsilon, delta);
      expect(Math.hypot(...delta) / epsilon).toBeCloseTo(1, 10);
      expect(found).toBeCloseTo(rise(z, delta, variances), 8);
      // The gradient of the loss is a multiple of δ, and the multiple exceeds every precision.
      const gradient = delta.map((value, i) => (value + at(z, i)) / at(variances, i));
      const multiple = Math.hypot(...gradient) / epsilon;
      gradient.forEach((value, i) => {
        expect(Math.abs(value - multiple * at(delta, i))).toBeLessThan(1e-7 * multiple * epsilon);
      });
      expect(multiple).toBeGreaterThan(1 / Math.min(...variances));
    }
  });

  it('goes along the narrowest axis where z has nothing there (the hard case)', () => {
    const delta = new Float64Array(2);
    worstPerturbation(Float64Array.of(0, 0.1), Float64Array.of(0.1, 1), 1, delta);
    // δ₂ = z₂/(σ₂λ − 1) at λ = 1/σ₁ = 10
    expect(at(delta, 1)).toBeCloseTo(0.1 / 9, 10);
    expect(Math.abs(at(delta, 0))).toBeCloseTo(Math.sqrt(1 - (0.1 / 9) ** 2), 10);
    expect(worstPerturbation(new Float64Array(2), Float64Array.of(0.5, 1), 2, delta)).toBeCloseTo(4, 10);
  });
});

describe('loss under attack', () => {
  const truth = randomProblem({ dimension: 8, conditionNumber: 10, meanNorm: 1, seed: 4 });
  const sample = normalSample(4000, 8, 5);

  it('is the expected loss without attack, and grows with ε', () => {
    const losses = [0, 0.1, 0.3, 1, 3].map(
      (epsilon) => ballLoss(truth, truth.variances, epsilon, sample).mean,
    );
    expect(losses[0]).toBe(expectedLoss(truth, truth.variances));
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeGreaterThan(losses[i - 1] as number);
  });

  it('has the slope E‖Σ⁻¹z‖ at ε = 0', () => {
    const h = 1e-5;
    let gradientNorm = 0;
    for (let row = 0; row < sample.n; row++) {
      const scaled = truth.variances.map((v, i) => at(sample.values, 8 * row + i) / Math.sqrt(v));
      gradientNorm += Math.hypot(...scaled) / sample.n;
    }
    expect(ballLossIncrease(truth, truth.variances, h, sample).mean / h).toBeCloseTo(gradientNorm, 3);
  });

  it('stays below that of the average budget, whose adversary may do all this one may', () => {
    for (const epsilon of [0.1, 0.5, 2]) {
      const { mean, standardError } = ballLossIncrease(truth, truth.variances, epsilon, sample);
      expect(mean).toBeLessThan(
        averageBudgetLossIncrease(truth, truth.variances, epsilon) + 4 * standardError,
      );
    }
  });

  it('is (2εE‖z‖ + ε²)/2σ for an isotropic model', () => {
    const isotropic = { mean: truth.mean, variances: new Float64Array(8).fill(0.5) };
    // E‖z‖ of 8 standard normals is √2·Γ(4.5)/Γ(4).
    const chi = (Math.SQRT2 * 11.631728396567448) / 6;
    const expected = (2 * 0.3 * chi * Math.sqrt(0.5) + 0.09) / (2 * 0.5);
    const { mean, standardError } = ballLossIncrease(isotropic, isotropic.variances, 0.3, sample);
    expect(Math.abs(mean - expected)).toBeLessThan(4 * standardError);
  });
});
