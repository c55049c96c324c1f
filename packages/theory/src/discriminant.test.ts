import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracyUnderAttack,
  alignmentAngle,
  discriminant,
  normalCdf,
  worstAlignmentAngle,
} from './discriminant.js';
import { at } from './expected-loss.js';
import { randomProblem, standardNormals } from './random-problem.js';
import { robustVariances } from './robust-likelihood.js';

const spectrum = fc
  .array(fc.double({ min: 0.05, max: 20, noNaN: true }), { minLength: 2, maxLength: 8 })
  .map((values) => Float64Array.from(values));

describe('alignment', () => {
  it('Theorem 3, and more: the angle falls as λ falls, whatever the mean', () => {
    fc.assert(
      fc.property(spectrum, fc.nat(), (variances, seed) => {
        const truth = { variances, mean: standardNormals(variances.length, seed) };
        const models = [
          variances,
          ...[1e3, 10, 1, 0.1, 1e-3].map((lambda) => robustVariances(variances, lambda)),
        ];
        for (const measure of [(v: Float64Array) => alignmentAngle(truth, v), worstAlignmentAngle]) {
          const angles = models.map(measure);
          for (let i = 1; i < angles.length; i++) {
            expect(angles[i]).toBeLessThanOrEqual((angles[i - 1] as number) + 1e-9);
          }
        }
      }),
    );
  });

  it('is at worst that of Kantorovich, which a mean between the extreme axes attains', () => {
    fc.assert(
      fc.property(spectrum, fc.nat(), (variances, seed) => {
        const worst = worstAlignmentAngle(variances);
        const mean = standardNormals(variances.length, seed);
        expect(alignmentAngle({ variances, mean }, variances)).toBeLessThanOrEqual(worst + 1e-9);
      }),
    );
    // tan of the mean's angle √(σ_max/σ_min) times steeper: w halves what μ doubles.
    const variances = Float64Array.of(0.5, 4.5);
    const mean = Float64Array.of(Math.sqrt(0.5), Math.sqrt(4.5));
    expect(alignmentAngle({ variances, mean }, variances)).toBeCloseTo(worstAlignmentAngle(variances), 10);
    expect(Math.cos((worstAlignmentAngle(variances) * Math.PI) / 180)).toBeCloseTo((2 * 3) / (1 + 9), 12);
  });

  it('is perfect where Σ is isotropic or the mean is an eigenvector', () => {
    const isotropic = Float64Array.of(2, 2, 2);
    expect(alignmentAngle({ variances: isotropic, mean: Float64Array.of(1, 2, 3) }, isotropic)).toBeCloseTo(
      0,
      10,
    );
    const variances = Float64Array.of(1, 5);
    expect(alignmentAngle({ variances, mean: Float64Array.of(0, 3) }, variances)).toBe(0);
    expect(worstAlignmentAngle(isotropic)).toBe(0);
  });
});

describe('accuracy under attack', () => {
  it.each([0, 0.3, 1])('agrees with attacked draws at ε = %f', (epsilon) => {
    const truth = randomProblem({ dimension: 5, conditionNumber: 10, meanNorm: 1, seed: 1 });
    const model = robustVariances(truth.variances, 4);
    const w = discriminant(truth, model);
    const n = 20_000;
    const noise = standardNormals(5 * n, 2);
    let right = 0;
    for (let row = 0; row < n; row++) {
      // By symmetry the label may be taken as +1; the worst step is against w.
      const margin = w.reduce((sum, value, i) => {
        const x = at(truth.mean, i) + Math.sqrt(at(truth.variances, i)) * at(noise, 5 * row + i);
        return sum + value * (x - (epsilon * value) / Math.hypot(...w));
      }, 0);
      if (margin > 0) right++;
    }
    const expected = accuracyUnderAttack(truth, model, epsilon);
    expect(Math.abs(right / n - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / n));
  });

  it('Φ at known points', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-1)).toBeCloseTo(0.15865525393145705, 14);
    expect(normalCdf(6)).toBeCloseTo(1 - 9.865876450377e-10, 14);
    expect([normalCdf(40), normalCdf(-40)]).toEqual([1, 0]);
  });
});
