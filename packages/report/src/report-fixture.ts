import type { ExampleGrid } from './image-grid.js';
import type { ReportContent } from './report-content.js';

/** A report of the simple experiment with figures like those of a real smoke run; for tests. */
export const smokeReport: ReportContent = {
  study: 'simple-experiment',
  profile: 'smoke',
  seed: 0,
  specDigest: '0123456789abcdef',
  chance: 0.1,
  rows: [
    {
      trainedOn: 'D',
      evaluatedOn: 'D',
      n: 10_000,
      cleanAccuracy: 0.8,
      ci95: [0.792, 0.808],
      robust: {
        n: 500,
        robustAccuracy: 0.038,
        ci95: [0.025, 0.059],
        attack: {
          norm: 'l2',
          epsilon: 0.5,
          stepSize: 0.1,
          steps: 12,
          targets: 'none',
          randomStart: false,
          restarts: 1,
          gradientSamples: 1,
          precision: 'float32',
        },
      },
      paper: 0.953,
    },
    {
      trainedOn: 'D_det',
      evaluatedOn: 'D',
      n: 10_000,
      cleanAccuracy: 0.25,
      ci95: [0.242, 0.259],
      robust: null,
      paper: 0.437,
    },
    {
      trainedOn: 'D_rand',
      evaluatedOn: 'D',
      n: 10_000,
      cleanAccuracy: 0.5,
      ci95: [0.49, 0.51],
      robust: null,
      paper: 0.633,
    },
  ],
  attacks: ['d_det', 'd_rand'].map((dataset) => ({
    dataset,
    norm: 'l2',
    epsilon: 0.5,
    stepSize: 0.1,
    steps: 12,
    n: 10_000,
    successRate: 0.853,
    maxNorm: 0.50000003,
  })),
  artifacts: { d_det: 'fedcba' },
};

/** Two images of 2×2×3 pixels, perturbed by 0.04 at most. */
export function smallGrid(title: string): ExampleGrid {
  const pair = (value: number, originalLabel: string, newLabel: string) => ({
    original: new Float32Array(12).fill(value),
    adversarial: Float32Array.from({ length: 12 }, (_, i) => value + (i % 2 === 0 ? 0.04 : -0.04)),
    originalLabel,
    newLabel,
  });
  return { title, imageShape: [2, 2, 3], pairs: [pair(0.5, 'cat', 'dog'), pair(0.25, 'frog', 'horse')] };
}
