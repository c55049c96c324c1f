import type { PlannedFigure, TrainingFacts } from '@toogit/catalogue';
import { encodePng } from './image-grid.js';
import { attack, evaluation, FixtureSources, proportion, training } from './report-fixture.js';

/** Definitions and sources of one figure each, with numbers like those of real runs; for tests. */
export interface FigureFixture {
  definitions: PlannedFigure[];
  sources: FixtureSources['list'];
}

const origin = (seed: number, point = '') => ({ seed, point });

/** Even numbers in [0,1), the same every time. */
const noise = (index: number) => (Math.sin(index * 12.9898) * 43758.5453) % 1 ** 2;

export function sensitivityFixture(): FigureFixture {
  const sources = new FixtureSources();
  const rates = [0.01, 0.02, 0.05, 0.1, 0.2];
  const rows = rates.flatMap((learningRate, r) =>
    (['none', 'flip-crop'] as const).flatMap((augmentation, a) =>
      [0, 1, 2].map((seed) => {
        const falls = a === 1 ? r > 2 : r > 3;
        const share = falls && seed !== 1 ? 0.1 : 0.3 + 0.08 * r - 0.05 * a + 0.02 * noise(r + 7 * seed);
        return {
          ...origin(seed, `learningRate=${learningRate},augmentation=${augmentation}`),
          ...{ trainedOn: 'D_rand', evaluatedOn: 'D' },
          training: { ...training, learningRate, augmentation },
          evaluation: sources.add('evaluate', evaluation({ correct: Math.round(10_000 * share) })),
        };
      }),
    ),
  );
  return { definitions: [{ kind: 'sensitivity', title: null, rows }], sources: sources.list };
}

const architectures = ['resnet50', 'resnet18', 'resnet9', 'cnn'] as const;

/** Accuracies from 24 to 44 %; `share` of that. */
export function transferFixture(share = 1): FigureFixture {
  const sources = new FixtureSources();
  const rows = architectures.flatMap((architecture, a) =>
    [0, 1, 2].map((seed) => ({
      ...origin(seed),
      training: { ...training, architecture } as TrainingFacts,
      learned: sources.add(
        'evaluate',
        evaluation({ correct: Math.round(share * (4_200 - 600 * a + 200 * noise(a + 4 * seed))) }),
      ),
      transferred: sources.add(
        'evaluate',
        evaluation({
          correct: 8_000,
          robust: {
            ...{ epsilon: 0.5, correct: 900, whiteBox: false },
            succeeded: Math.round(2_000 * (0.8 - 0.17 * a + 0.03 * noise(3 * a + seed))),
          },
        }),
      ),
    })),
  );
  return { definitions: [{ kind: 'transfer', title: null, rows }], sources: sources.list };
}

export function transferMatrixFixture(
  names: readonly string[] = ['ResNet-50', 'ResNet-18', 'VGG-16', 'Inception-v3', 'DenseNet-121'],
): FigureFixture {
  const sources = new FixtureSources();
  const transfer = names.map((_, i) =>
    names.map((_, j) => proportion(i === j ? 1_880 : 1_200 - 150 * Math.abs(i - j), 2_000)),
  );
  const matrix = sources.add('transfer-matrix', {
    names: [...names],
    architectures: names.map((_, i) => architectures[i % 4] ?? ''),
    split: 'test',
    attack: { ...attack, targets: 'next' },
    effects: names.map(() => ({ meanNorm: 0.49, maxNorm: 0.5, zeroGradients: 0, nonFiniteGradients: 0 })),
    transfer,
  });
  return {
    definitions: [{ kind: 'transfer-matrix', title: null, rows: [{ ...origin(0), matrix }] }],
    sources: sources.list,
  };
}

export function featureUsefulnessFixture(): FigureFixture {
  const sources = new FixtureSources();
  const perturbation = { norm: 'l2', epsilon: 0.25, stepSize: 0.1, steps: 10, precision: 'float32' } as const;
  const rows = ['standard', 'robust'].map((model, m) => ({
    ...origin(0),
    ...{ model, training: { ...training, adversarial: m === 0 ? null : adversarial } },
    usefulness: sources.add('feature-usefulness', {
      ...{
        perturbation,
        trainedOn: 'cifar10',
        evaluatedOn: 'cifar10',
        split: 'test',
        n: 2_000,
        features: 128,
        classes: 10,
      },
      useful: proportion(900, 1_280),
      robustlyUseful: proportion(m === 0 ? 120 : 760, 1_280),
      usefulNotRobust: proportion(m === 0 ? 780 : 140, 1_280),
      points: Array.from({ length: 128 }, (_, feature) => {
        const rho = 0.25 + 0.2 * Math.abs(noise(feature));
        const loss = m === 0 ? 0.5 + 0.3 * noise(feature + 500) : 0.12 + 0.1 * noise(feature + 900);
        return { feature, class: feature % 10, rho, rhoError: 0.01, gamma: rho - loss, gammaError: 0.01 };
      }),
    }),
  }));
  return { definitions: [{ kind: 'feature-usefulness', title: null, rows }], sources: sources.list };
}

const adversarial = { norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 7, randomStart: false } as const;

export const classNames = [
  ...['airplane', 'automobile', 'bird', 'cat', 'deer'],
  ...['dog', 'frog', 'horse', 'ship', 'truck'],
];

export function patternsFixture(): FigureFixture {
  const sources = new FixtureSources();
  const patterns = sources.add('patterns', {
    attack: { ...attack, targets: 'next' },
    classNames,
    perClass: classNames.map((_, i) => 4_900 + i),
    amplification: 8,
    universalSuccess: classNames.map((_, i) => proportion(600 + 30 * i, 1_000)),
    onGrey: ['ResNet-9 (other seed)', 'robust ResNet-9'].flatMap((model, m) =>
      (['mean', 'most-effective', 'universal'] as const).map((pattern, p) => {
        const recognised = 2 + 3 * p - m;
        return {
          ...{ pattern, model, recognised: proportion(Math.max(0, recognised), 10) },
          predictedClass: classNames.map((_, label) => (label < recognised ? label : 0)),
        };
      }),
    ),
  });
  return {
    definitions: [{ kind: 'patterns', title: null, rows: [{ ...origin(0), patterns }] }],
    sources: sources.list,
  };
}

/** A gallery of 3 × 10 cells. */
export const galleryPng = (): Uint8Array =>
  encodePng(
    Float32Array.from({ length: 3 * 32 * 10 * 32 * 3 }, (_, i) => 0.5 + 0.5 * Math.sin(i / 7 + i / 960)),
    3 * 32,
    10 * 32,
    3,
  );

/** Standard and robust training, and standard training on the two inverted sets. */
export function robustFeaturesFixture(): FigureFixture {
  const sources = new FixtureSources();
  const trained = [
    { trainedOn: 'D', adversarial: null, clean: 8_550, robust: [320, 40], paper: [0.953, 0.0449] },
    { trainedOn: 'D', adversarial, clean: 7_210, robust: [1_250, 1_010], paper: [0.9083, 0.8231] },
    { trainedOn: 'D_R', adversarial: null, clean: 6_400, robust: [610, 230], paper: [0.841, 0.4827] },
    { trainedOn: 'D_NR', adversarial: null, clean: 6_900, robust: [44, 2], paper: [0.8768, 0.0082] },
  ];
  const rows = trained.flatMap(({ trainedOn, adversarial, clean, robust, paper }) =>
    [0, 1].map((seed) => ({
      ...origin(seed),
      ...{ trainedOn, evaluatedOn: 'D', training: { ...training, adversarial } },
      evaluations: [0.25, 0.5].map((epsilon, i) =>
        sources.add(
          'evaluate',
          evaluation({
            correct: clean + 60 * seed,
            robust: { epsilon, correct: (robust[i] ?? 0) + 12 * seed },
          }),
        ),
      ),
      paper: { clean: paper[0] ?? null, robust: [{ epsilon: 0.25, accuracy: paper[1] ?? 0 }] },
    })),
  );
  return { definitions: [{ kind: 'accuracy', title: null, rows }], sources: sources.list };
}

export function theoryFixture(): FigureFixture {
  const sources = new FixtureSources();
  const epsilons = [0.5, 1];
  const estimate = (mean: number) => ({ mean, standardError: 0.02, n: 4_096 });
  const model = (trainedAgainst: 'none' | 'average' | 'ball', epsilon: number, dimension: number) => ({
    ...{ trainedAgainst, epsilon, lambda: trainedAgainst === 'average' ? 4 : null },
    ...{ smallestVariance: 0.1 + epsilon, largestVariance: 2 },
    ...{ alignmentAngle: 58 - 40 * epsilon, worstAlignmentAngle: 62 - 30 * epsilon },
    underAttack: [0, ...epsilons].map((attackEpsilon) => ({
      epsilon: attackEpsilon,
      ballLoss: estimate(dimension + attackEpsilon * (trainedAgainst === 'none' ? 6 : 2)),
      averageLoss: dimension + attackEpsilon * (trainedAgainst === 'none' ? 6.2 : 2.1),
      accuracy: 0.8 - 0.3 * attackEpsilon,
    })),
    ...(dimension === 2 ? { picture: picture(1 + epsilon) } : {}),
  });
  const theory = sources.add('theory', {
    params: { dimensions: [2, 8], epsilons, conditionNumber: 16, meanNorm: 1, seed: 0 },
    dimensions: [2, 8].map((dimension) => ({
      ...{ dimension, smallestVariance: 0.1, largestVariance: 2 },
      theorem1: epsilons.map((epsilon) => ({
        ...{
          epsilon,
          penalty: 12,
          quoted: 2 * epsilon,
          lossIncrease: epsilon,
          monteCarlo: estimate(epsilon),
        },
        ...{ isotropicLossIncrease: 0.1, isotropicLossIncreaseAtEpsilon: 0.2 },
      })),
      closedFormChecks: [0, ...epsilons].map((epsilon) => ({
        ...{ epsilon, lambda: epsilon === 0 ? null : 4, basis: 'full' as const, steps: 90, converged: true },
        ...{ maxAbsoluteDifference: 1e-7, maxRelativeDifference: 2e-7, meanRelativeDifference: 1e-8 },
      })),
      ballChecks: [],
      models: [
        model('none', 0, dimension),
        ...epsilons.flatMap((epsilon) => [
          model('average', epsilon, dimension),
          model('ball', epsilon, dimension),
        ]),
      ],
    })),
  });
  return {
    definitions: [{ kind: 'theory', title: null, rows: [{ ...origin(0), theory }] }],
    sources: sources.list,
  };
}

function picture(length: number) {
  const ellipses = ([1, -1] as const).flatMap((label) =>
    ([1, 2] as const).map((level) => ({
      ...{ label, level, center: [0.2 * label, label] as [number, number], angle: 70 },
      semiAxes: [level * length, level * 0.4] as [number, number],
    })),
  );
  const arrow = (x: number, y: number) => ({
    from: [-x, -y] as [number, number],
    to: [x, y] as [number, number],
  });
  return {
    ellipses,
    boundary: [
      [-4, -3],
      [4, 3],
    ] as [[number, number], [number, number]],
    ...{ classMeans: arrow(0.2, 1), classifierGradient: arrow(-0.7, 0.6), lossGradients: [arrow(0.1, 0.2)] },
  };
}
