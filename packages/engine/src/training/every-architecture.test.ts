import { type Architecture, architectures } from '@toogit/networks';
import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { createModel } from '../models/model.js';
import { generator } from '../random/generator.js';
import { deviceDataset } from './device-dataset.js';
import { trainClassifier } from './train-classifier.js';

beforeAll(async () => {
  await startTestEngine();
});

const steps = 12;

it.each(Object.keys(architectures) as Architecture[])('%s learns a batch by heart', async (architecture) => {
  const size = architecture === 'vgg16' ? 32 : 8;
  const random = generator([9, 9]);
  const pixels = Uint8Array.from({ length: 8 * size * size * 3 }, () => random.below(256));
  const labels = Int32Array.from({ length: 8 }, (_, i) => i % 4);
  const dataset = deviceDataset(pixels, [size, size, 3], labels);
  const model = createModel({
    architecture,
    width: 1 / 16,
    ...(architecture === 'densenet-bc' ? { depth: 22 } : {}),
    inputShape: [size, size, 3],
    numClasses: 4,
    mean: [0.5, 0.5, 0.5],
    std: [0.29, 0.29, 0.29],
    seed: 1,
  });
  const losses: number[] = [];
  await trainClassifier({
    model,
    dataset,
    params: {
      epochs: steps,
      batchSize: 8,
      learningRate: 0.02,
      schedule: { kind: 'constant' },
      momentum: 0.9,
      nesterov: true,
      weightDecay: 0,
      augmentation: 'none',
    },
    seed: 1,
    onStep: ({ loss }) => losses.push(loss),
  });
  expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] as number));
  model.dispose();
  dataset.dispose();
});
