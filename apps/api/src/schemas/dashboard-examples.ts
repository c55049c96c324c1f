import type { DashboardKind } from '../dashboard-figures.js';

/** An answer of each dashboard route, for the OpenAPI document. Made up, of the size that real runs give. */

const experimentId = '7c0f3d9e-5a52-4f8c-9c39-0a3f1f2f6c11';
const facts = (study: string, rowsPlanned: number) => ({
  ...{ experimentId, name: study, study, profile: 'lab', state: 'running', rowsPlanned },
});
const origin = { experimentId, seed: 0, point: '' };
const training = {
  ...{ architecture: 'resnet9', width: 0.25, depth: null, epochs: 20, learningRate: 0.1 },
  ...{ augmentation: 'flip-crop', adversarial: null },
};
const attack = {
  ...{ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 20, targets: 'none', randomStart: false },
  ...{ restarts: 1, gradientSamples: 1, precision: 'float32' },
};
const effect = { meanNorm: 0.496, maxNorm: 0.5, zeroGradients: 0, nonFiniteGradients: 0 };
const accuracy = { n: 10000, correct: 3420, accuracy: 0.342, ci95: [0.3328, 0.3514] };
const rate = { n: 2000, count: 1240, value: 0.62, ci95: [0.5985, 0.641] };
const paper = { clean: 0.437, robust: [] };
const names = { trainedOn: 'D_det', evaluatedOn: 'D', split: 'test' };
const mean = {
  ...{ seeds: [0], n: 10000, mean: 0.342, ci95: [0.3328, 0.3514], interval: 'wilson-over-examples' },
};
const fractions = { accuracy: 'fraction', ci95: 'fraction', n: 'examples' };

const closedFormCheck = {
  ...{ epsilon: 0.5, lambda: 4.2, basis: 'full', steps: 93, converged: true },
  ...{ maxAbsoluteDifference: 2.1e-7, maxRelativeDifference: 1.1e-6, meanRelativeDifference: 3e-8 },
};
const model = {
  ...{ trainedAgainst: 'average', epsilon: 0.5, lambda: 4.2, smallestVariance: 0.6, largestVariance: 2.8 },
  ...{ alignmentAngle: 13.8, worstAlignmentAngle: 48.4 },
  underAttack: [
    {
      ...{ epsilon: 0.5, averageLoss: 11.6, accuracy: 0.78 },
      ballLoss: { mean: 11.5, standardError: 0.03, n: 4096 },
    },
  ],
};

export const dashboardExamples: Record<DashboardKind, object> = {
  accuracy: {
    kind: 'accuracy',
    units: { ...fractions, epsilon: 'in [0,1] pixel units' },
    figures: [
      {
        ...facts('simple-experiment', 9),
        ...{ kind: 'accuracy', title: null, chance: 0.1 },
        rows: [{ ...origin, ...names, training, clean: accuracy, robust: [], paper, warnings: [] }],
        means: [{ ...names, point: '', training, clean: mean, robust: [], paper }],
      },
    ],
  },
  sensitivity: {
    kind: 'sensitivity',
    units: { ...fractions, learningRate: '1' },
    figures: [
      {
        ...facts('sensitivity', 30),
        ...{ kind: 'sensitivity', title: null, chance: 0.1 },
        rows: [{ ...origin, ...names, training, clean: accuracy, warnings: [] }],
        means: [{ ...names, point: '', training, clean: mean }],
      },
    ],
  },
  transfer: {
    kind: 'transfer',
    units: { ...fractions, transferRate: 'fraction', coefficient: '1' },
    figures: [
      {
        ...facts('transferability', 15),
        ...{ kind: 'transfer', title: null, chance: 0.1 },
        rows: [{ ...origin, training, accuracy, transferRate: rate }],
        pearson: { coefficient: 0.91, ci95: [0.78, 0.98], resamples: 10000 },
        spearman: { coefficient: 0.88, ci95: [0.7, 0.97], resamples: 10000 },
      },
    ],
  },
  'transfer-matrix': {
    kind: 'transfer-matrix',
    units: { transfer: 'fraction', ci95: 'fraction', epsilon: 'in [0,1] pixel units', n: 'examples' },
    figures: [
      {
        ...facts('transferability', 3),
        ...{ kind: 'transfer-matrix', title: null },
        rows: [
          {
            ...origin,
            ...{ names: ['a', 'b'], architectures: ['resnet50', 'vgg16'], split: 'test', attack },
            effects: [effect, effect],
            transfer: [
              [rate, rate],
              [rate, rate],
            ],
          },
        ],
      },
    ],
  },
  'feature-usefulness': {
    kind: 'feature-usefulness',
    units: { rho: 'standard deviations of the feature', usefulNotRobust: 'fraction', n: 'examples' },
    figures: [
      {
        ...facts('feature-usefulness', 2),
        ...{ kind: 'feature-usefulness', title: null },
        rows: [
          {
            ...{ ...origin, model: 'standard', training },
            perturbation: { norm: 'l2', epsilon: 0.25, stepSize: 0.1, steps: 10, precision: 'float32' },
            ...{
              trainedOn: 'cifar10',
              evaluatedOn: 'cifar10',
              split: 'test',
              n: 2000,
              features: 128,
              classes: 10,
            },
            ...{ useful: rate, robustlyUseful: rate, usefulNotRobust: rate },
            points: [{ feature: 0, class: 3, rho: 0.4, rhoError: 0.01, gamma: -0.2, gammaError: 0.01 }],
          },
        ],
      },
    ],
  },
  theory: {
    kind: 'theory',
    units: { loss: 'nats', alignmentAngle: 'degrees', epsilon: 'in the units of the data' },
    figures: [
      {
        ...facts('gaussian', 1),
        ...{ kind: 'theory', title: null },
        rows: [
          {
            ...origin,
            params: { dimensions: [8], epsilons: [0.5], conditionNumber: 16, meanNorm: 1, seed: 0 },
            dimensions: [
              {
                ...{ dimension: 8, smallestVariance: 0.15, largestVariance: 2.4 },
                ...{ theorem1: [], closedFormChecks: [closedFormCheck], ballChecks: [], models: [model] },
              },
            ],
          },
        ],
      },
    ],
  },
  patterns: {
    kind: 'patterns',
    units: { recognised: 'fraction', ci95: 'fraction', n: 'patterns on grey; images' },
    figures: [
      {
        ...facts('patterns', 1),
        ...{ kind: 'patterns', title: null },
        rows: [
          {
            ...{ ...origin, attack, classNames: ['cat', 'dog'], perClass: [500, 500], amplification: 8 },
            universalSuccess: [rate, rate],
            onGrey: [{ pattern: 'universal', model: 'fresh', recognised: rate, predictedClass: [0, 1] }],
            artifact: '5e2d0bd1f3c8a7b64e0c3d1a9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c',
          },
        ],
      },
    ],
  },
};

export const summaryExample = {
  experiments: { running: 1, succeeded: 4, failed: 0, cancelled: 0 },
  jobs: { blocked: 3, ready: 1, running: 2, succeeded: 812, failed: 0, cancelled: 0 },
  studies: [
    {
      study: 'simple-experiment',
      experiments: { running: 1, succeeded: 2, failed: 0, cancelled: 0 },
      newest: {
        ...{ experimentId, name: 'simple-experiment', profile: 'lab' },
        headlines: [
          {
            name: 'clean accuracy, D_det',
            ...{ value: 0.342, unit: 'fraction', n: 10000, ci95: [0.3328, 0.3514] },
          },
        ],
      },
    },
  ],
};
