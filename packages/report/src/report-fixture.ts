import type { AttackParams, JobKind, JobResult, PlannedFigure, TrainingFacts } from '@toogit/catalogue';
import type { SourceResult } from './figure-sources.js';
import type { Pictures } from './figure-view.js';
import { figuresOf } from './figures-of.js';
import type { ExampleGrid } from './image-grid.js';
import type { ReportContent } from './report-content.js';

/** Reports with numbers like those of real runs; for tests. */

export const attack: AttackParams = {
  norm: 'l2',
  epsilon: 0.5,
  stepSize: 0.1,
  steps: 20,
  targets: 'none',
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
  precision: 'float32',
};

export const training: TrainingFacts = {
  architecture: 'resnet9',
  width: 0.25,
  depth: null,
  epochs: 20,
  learningRate: 0.1,
  augmentation: 'flip-crop',
  adversarial: null,
};

/** n things, `count` of which count; the interval is any around it. */
export const proportion = (count: number, n: number) => ({
  n,
  count,
  value: count / n,
  ci95: [Math.max(0, count / n - 1 / Math.sqrt(n)), Math.min(1, count / n + 1 / Math.sqrt(n))] as [
    number,
    number,
  ],
});

export function accuracyOf(correct: number, n: number) {
  const { value, ci95 } = proportion(correct, n);
  return { n, correct, accuracy: value, ci95 };
}

interface EvaluationOptions {
  correct: number;
  n?: number;
  /** Correct of 2000 by epsilon. */
  robust?: { epsilon: number; correct: number; succeeded?: number; whiteBox?: boolean };
}

export function evaluation({ correct, n = 10_000, robust }: EvaluationOptions): JobResult<'evaluate'> {
  return {
    trainedOn: 'cifar10',
    evaluatedOn: 'cifar10',
    split: 'test',
    clean: accuracyOf(correct, n),
    perClassAccuracy: new Array(10).fill(accuracyOf(Math.round(correct / 10), n / 10)),
    adversarial: robust
      ? {
          attack: { ...attack, epsilon: robust.epsilon },
          sourceModel: robust.whiteBox === false ? 'another-job' : 'job',
          whiteBox: robust.whiteBox ?? true,
          clean: accuracyOf(Math.round((2_000 * correct) / n), 2_000),
          robust: accuracyOf(robust.correct, 2_000),
          attackSuccess: proportion(robust.succeeded ?? 2_000 - robust.correct, 2_000),
          ...{ meanNorm: 0.98 * robust.epsilon, maxNorm: robust.epsilon },
          ...{ zeroGradients: 0, nonFiniteGradients: 0 },
        }
      : null,
  };
}

const datasetFacts = {
  split: 'train' as const,
  examples: 50_000,
  imageShape: [2, 2, 3] as [number, number, number],
  classNames: ['cat', 'dog', 'frog', 'horse'],
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
};

const imported: JobResult<'dataset.import'> = {
  ...datasetFacts,
  name: 'cifar10',
  imageDtype: 'uint8',
  pixelDigest: 'pixels',
};

export function synthesized(construction: 'd_det' | 'd_rand'): JobResult<'synthesize'> {
  return {
    ...datasetFacts,
    name: construction,
    imageDtype: 'float32',
    construction,
    attack: { ...attack, targets: construction === 'd_det' ? 'next' : 'random' },
    attackSuccess: proportion(42_650, 50_000),
    maxNorm: 0.50000003,
    meanNorm: 0.49,
    inversion: null,
    meanDistance: null,
    labelsKept: construction === 'd_det' ? 0 : 0.1,
  };
}

/** Sources as they are added, each under a digest of its own. */
export class FixtureSources {
  readonly list: SourceResult[] = [];

  add<K extends JobKind>(_kind: K, result: JobResult<K>): number {
    return this.list.push({ digest: `digest-${this.list.length}`, result }) - 1;
  }
}

const paperFigures = {
  D: { clean: 0.953, robust: [{ epsilon: 0.25, accuracy: 0.0449 }] },
  D_det: { clean: 0.437, robust: [] },
  D_rand: { clean: 0.633, robust: [] },
};

/** The simple experiment over some seeds, as definitions and sources. */
export function simpleExperiment(seeds: readonly number[]) {
  const sources = new FixtureSources();
  const dataset = sources.add('dataset.import', imported);
  const measured = { D: 8_000, D_det: 2_500, D_rand: 5_000 };
  const accuracyRows = seeds.flatMap((seed) =>
    (['D', 'D_det', 'D_rand'] as const).map((trainedOn, i) => ({
      ...{ seed, point: '', trainedOn, evaluatedOn: 'D', training, paper: paperFigures[trainedOn] },
      evaluations: (trainedOn === 'D' ? [0.25, 0.5] : [null]).map((epsilon) =>
        sources.add(
          'evaluate',
          evaluation({
            correct: measured[trainedOn] + 40 * ((seed * (i + 1)) % 4),
            ...(epsilon === null
              ? {}
              : { robust: { epsilon, correct: (epsilon === 0.25 ? 240 : 76) + 9 * seed } }),
          }),
        ),
      ),
    })),
  );
  const exampleRows = seeds.flatMap((seed) =>
    (['d_det', 'd_rand'] as const).map((construction) => ({
      ...{ seed, point: '', name: construction.replace('d_', 'D_'), dataset },
      synthesized: sources.add('synthesize', synthesized(construction)),
    })),
  );
  const definitions: PlannedFigure[] = [
    { kind: 'accuracy', title: null, rows: accuracyRows },
    { kind: 'examples', title: null, rows: exampleRows },
  ];
  return { definitions, sources: sources.list };
}

export function reportOf(
  definitions: readonly PlannedFigure[],
  sources: readonly SourceResult[],
  facts: Partial<ReportContent> = {},
): ReportContent {
  return {
    study: 'simple-experiment',
    profile: 'smoke',
    specDigest: '0123456789abcdef',
    figures: figuresOf(definitions, sources),
    sources: sources.map(({ digest }) => digest),
    ...facts,
  };
}

export function smokeReport(facts: Partial<ReportContent> = {}): ReportContent {
  const { definitions, sources } = simpleExperiment([0]);
  return reportOf(definitions, sources, facts);
}

/** Two images of 2×2×3 pixels, perturbed by 0.04 at most. */
export function smallGrid(title: string): ExampleGrid {
  const pair = (value: number, originalLabel: string, newLabel: string) => ({
    original: new Float32Array(12).fill(value),
    synthesized: Float32Array.from({ length: 12 }, (_, i) => value + (i % 2 === 0 ? 0.04 : -0.04)),
    originalLabel,
    newLabel,
  });
  return {
    made: 'adversarial',
    title,
    imageShape: [2, 2, 3],
    pairs: [pair(0.5, 'cat', 'dog'), pair(0.25, 'frog', 'horse')],
  };
}

/** A grid for every example row of a report. */
export function smallPictures(report: ReportContent): Pictures {
  const rows = report.figures.flatMap((figure) => (figure.kind === 'examples' ? figure.rows : []));
  return {
    grids: new Map(rows.map(({ artifact, name }) => [artifact, smallGrid(name)])),
    galleries: new Map(),
  };
}
