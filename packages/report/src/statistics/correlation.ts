import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { quantileSorted, sampleCorrelation } from 'simple-statistics';

export type Pair = readonly [x: number, y: number];

export interface Correlation {
  coefficient: number;
  ci95: [number, number];
  /** Bootstrap resamples that the interval was taken from. */
  resamples: number;
}

const wantedResamples = 10_000;

/** Pearson's r with a bootstrap percentile interval; null with fewer than three pairs, or where x or y never varies. */
export const pearson = (pairs: readonly Pair[]): Correlation | null =>
  bootstrapped(pairs, (sample) => sample);

/** Spearman's rank correlation, ties sharing their mean rank, likewise. */
export const spearman = (pairs: readonly Pair[]): Correlation | null =>
  bootstrapped(pairs, (sample) => {
    const [x, y] = [ranks(sample.map(([x]) => x)), ranks(sample.map(([, y]) => y))];
    return x.map((rank, i) => [rank, y[i] as number]);
  });

/** Random draws follow from the pairs, whatever their order, so that equal data give equal intervals. */
function bootstrapped(
  pairs: readonly Pair[],
  transform: (sample: readonly Pair[]) => readonly Pair[],
): Correlation | null {
  const sorted = pairs.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const coefficient = correlationOf(transform(sorted));
  if (sorted.length < 3 || coefficient === null) return null;
  const generator = mersenne(createHash('sha256').update(JSON.stringify(sorted)).digest().readInt32LE(0));
  const coefficients: number[] = [];
  for (let i = 0; i < wantedResamples; i++) {
    const sample = sorted.map(() => sorted[uniformInt(generator, 0, sorted.length - 1)] as Pair);
    const resampled = correlationOf(transform(sample));
    if (resampled !== null) coefficients.push(resampled);
  }
  coefficients.sort((a, b) => a - b);
  return {
    coefficient,
    ci95: [quantileSorted(coefficients, 0.025), quantileSorted(coefficients, 0.975)],
    resamples: coefficients.length,
  };
}

/** Null where x or y does not vary. */
function correlationOf(pairs: readonly Pair[]): number | null {
  const [x, y] = [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])];
  if (new Set(x).size < 2 || new Set(y).size < 2) return null;
  return Math.min(1, Math.max(-1, sampleCorrelation(x, y)));
}

/** From 1; equal values share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}
