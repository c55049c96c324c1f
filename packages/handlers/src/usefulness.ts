import type { ClassSums } from './feature-sums.js';

/** ρ and γ of one feature for one class against the rest, with their standard errors. */
export interface Usefulness {
  feature: number;
  class: number;
  rho: number;
  rhoError: number;
  gamma: number;
  gammaError: number;
}

/**
 * A feature whose variance is below this share of its mean square is constant as far as float32 sums can tell: it is
 * dead, and can't be scaled to variance 1.
 */
const deadShare = 1e-6;

/**
 * Usefulness of every feature that is not dead, for every class: with f scaled to mean 0 and variance 1 over all
 * examples, y = +1 for the class and −1 for the rest, ρ = E[y·f(x)] and γ = E[inf over δ of y·f(x+δ)]: the lowest value
 * within reach for the class's own examples, minus the highest for the others.
 *
 * f is taken as it is. Its negative is as good a feature and would have −ρ, but it is no feature of the network: that f
 * is evidence against a class shows as evidence for others.
 */
export function usefulness(sums: ClassSums): Usefulness[] {
  const n = sums.counts.reduce((total, count) => total + count, 0);
  return Array.from({ length: sums.features }, (_, feature) => feature).flatMap((feature) => {
    const scale = scaleOf(sums, feature, n);
    if (scale === null) return [];
    return Array.from({ length: sums.classes }, (_, label) => {
      const clean = meanSigned(sums, feature, label, n, scale, ['clean', 'clean']);
      const attacked = meanSigned(sums, feature, label, n, scale, ['lowest', 'highest']);
      return {
        feature,
        class: label,
        rho: clean.mean,
        rhoError: clean.error,
        gamma: attacked.mean,
        gammaError: attacked.error,
      };
    });
  });
}

interface Scale {
  mean: number;
  deviation: number;
}

/** Mean and standard deviation over all examples; null for a dead feature. */
function scaleOf(sums: ClassSums, feature: number, n: number): Scale | null {
  let [sum, squares] = [0, 0];
  for (let label = 0; label < sums.classes; label++) {
    const own = sums.of('clean', feature, label);
    sum += own.sum;
    squares += own.squares;
  }
  const mean = sum / n;
  const variance = squares / n - mean ** 2;
  return variance > deadShare * (squares / n) ? { mean, deviation: Math.sqrt(variance) } : null;
}

/** Mean and standard error of y·f: of one response where y = +1, of another where y = −1. */
function meanSigned(
  sums: ClassSums,
  feature: number,
  positive: number,
  n: number,
  { mean: center, deviation }: Scale,
  [own, others]: ['clean' | 'lowest', 'clean' | 'highest'],
): { mean: number; error: number } {
  let [total, totalSquares] = [0, 0];
  for (let label = 0; label < sums.classes; label++) {
    const count = sums.counts[label] as number;
    const { sum, squares } = sums.of(label === positive ? own : others, feature, label);
    total += ((label === positive ? 1 : -1) * (sum - count * center)) / deviation;
    totalSquares += (squares - 2 * center * sum + count * center ** 2) / deviation ** 2;
  }
  const mean = total / n;
  const variance = Math.max(0, totalSquares / n - mean ** 2);
  return { mean, error: Math.sqrt(variance / Math.max(1, n - 1)) };
}
