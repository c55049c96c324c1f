import type { Accuracy, MeanOverSeeds } from '@toogit/catalogue';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { studentTQuantile } from './student-t.js';

export interface SeedMeasurement {
  seed: number;
  accuracy: Accuracy;
}

/** The measurements of one thing under different seeds, at least one, together. Their order does not matter. */
export function meanOverSeeds(measurements: readonly SeedMeasurement[]): MeanOverSeeds {
  const sorted = measurements.toSorted(
    (a, b) => a.seed - b.seed || a.accuracy.accuracy - b.accuracy.accuracy,
  );
  const accuracies = sorted.map(({ accuracy }) => accuracy.accuracy);
  const common = {
    seeds: sorted.map(({ seed }) => seed),
    n: Math.min(...sorted.map(({ accuracy }) => accuracy.n)),
    mean: Math.min(1, Math.max(0, mean(accuracies))),
  };
  const [only] = sorted;
  if (only && sorted.length === 1) {
    return { ...common, ci95: only.accuracy.ci95, interval: 'wilson-over-examples' };
  }
  const t = studentTQuantile(0.95, accuracies.length - 1);
  const half = (t * sampleStandardDeviation(accuracies)) / Math.sqrt(accuracies.length);
  return {
    ...common,
    // The interval is of a fraction: what lies beyond 0 or 1 cannot be.
    ci95: [Math.max(0, common.mean - half), Math.min(1, common.mean + half)],
    interval: 'student-t-over-seeds',
  };
}
