import type { StudyName } from '@toogit/catalogue';

const training = { epochs: 1, learningRate: 0.05 };
const network = { architecture: 'resnet9', width: 0.0625 };
const standardModel = {
  trainExamples: 256,
  testExamples: 128,
  width: 0.0625,
  batchSize: 64,
  standard: training,
};
const threat = { blockSize: 64, steps: 2, attackExamples: 128 };
const robustModel = { robust: training, adversarial: { steps: 1 } };

/** Overrides of smoke that make each study a matter of seconds: all of its jobs, nothing learned. */
export const tinyOverrides: Record<StudyName, Record<string, unknown>> = {
  'simple-experiment': {
    ...standardModel,
    ...threat,
    robustExamples: 64,
    d_det: training,
    d_rand: training,
  },
  'robust-features': {
    ...standardModel,
    ...robustModel,
    inversion: { examples: 128, steps: 2, blockSize: 64 },
    d_robust: training,
    d_nonrobust: training,
    evaluation: { examples: 64, steps: 1, blockSize: 64 },
  },
  transferability: {
    ...standardModel,
    ...threat,
    ...network,
    transferExamples: 64,
    networks: [
      network,
      { architecture: 'vgg16', width: 0.0625 },
      { architecture: 'densenet-bc', width: 0.34, depth: 10 },
    ],
    d_det: training,
  },
  sensitivity: { ...standardModel, ...threat, fresh: { epochs: 1 }, learningRates: [0.05] },
  'epsilon-sweep': { ...standardModel, ...threat, epsilons: [0.25, 0.5], d_det: training },
  'feature-usefulness': { ...standardModel, ...robustModel, examples: 32, steps: 1, blockSize: 16 },
  gaussian: { dimensions: [2, 3], epsilons: [0.5] },
  patterns: { ...standardModel, ...threat, networks: [network], universalEpochs: 1 },
  controls: {
    ...standardModel,
    ...robustModel,
    ...threat,
    nonTransferExamples: 128,
    d_det: training,
    d_rand: training,
    probe: { epochs: 1 },
    early: training,
    mislabelled: training,
    nonTransfer: training,
    nonTransferNetworks: [network],
  },
};
