import { beforeAll, expect, it } from 'vitest';
import { pgd } from '../attacks/attack.js';
import { hasNativeOps } from '../backend/native-ops.js';
import { startEngine } from '../backend/start-engine.js';
import { tf } from '../backend/tf.js';
import { perturbationNorms } from '../metrics/perturbation-norms.js';
import { predict } from '../metrics/predict.js';
import { freezeModel } from '../models/freeze.js';
import { toyDataset, toyNetwork, toyParams } from './bright-quarters.fixture.js';
import { trainClassifier } from './train-classifier.js';

// Everything must also work where TensorFlow is not: plain JavaScript, without native operations.
beforeAll(async () => {
  await startEngine({ device: 'js' });
});

it('trains as TensorFlow does, predicts and attacks, and leaves no tensors behind', async () => {
  expect(hasNativeOps()).toBe(false);
  const before = tf.memory().numTensors;
  const [model, dataset] = [toyNetwork(), toyDataset()];
  const losses: number[] = [];
  const params = { ...toyParams, epochs: 1, learningRate: 0.02, augmentation: 'none' } as const;
  await trainClassifier({ model, dataset, params, seed: 1, onStep: ({ loss }) => losses.push(loss) });
  const onTensorFlow = [1.386373, 1.436134, 1.436693, 1.369569];
  losses.forEach((loss, step) => void expect(loss).toBeCloseTo(onTensorFlow[step] as number, 3));

  const frozen = freezeModel(model);
  const predictions = await predict(frozen, dataset, { batchSize: 48 });
  expect(predictions.filter((label) => label === 3).length).toBeLessThan(8); // TensorFlow: 4 threes, else ones
  expect(predictions.filter((label) => label === 1).length).toBeGreaterThan(56);

  const indices = tf.range(0, 8, 1, 'int32') as tf.Tensor1D;
  const [x, y] = [dataset.images(indices), dataset.labels(indices)];
  const attack = { norm: 'l2', epsilon: 0.5, stepSize: 0.2, steps: 2, targeted: false } as const;
  const found = await pgd(frozen, x, y, { ...attack, randomStart: true, restarts: 2, gradientSamples: 2 }, 1);
  expect(Math.max(...perturbationNorms(found, x, 'l2'))).toBeLessThanOrEqual(0.5 + 1e-6);

  tf.dispose([indices, x, y, found]);
  for (const owner of [model, frozen, dataset]) owner.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
