import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const engine = new URL('../../dist/index.js', import.meta.url).href;

/** Two epochs of 32 steps of 125 examples: shortcuts of 4, 8 and 16 channels are 1×1 convolutions with a stride of 2. */
const training = `
  import { createModel, deviceDataset, startEngine, trainClassifier } from ${JSON.stringify(engine)};
  await startEngine({ device: 'cpu', threads: 2 });
  const [inputShape, examples] = [[32, 32, 3], 4_000];
  const scale = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const network = { architecture: 'resnet18', width: 0.0625, depth: null };
  const model = createModel({ ...network, ...scale, inputShape, numClasses: 10, seed: 1 });
  const pixels = Uint8Array.from({ length: examples * 32 * 32 * 3 }, (_, i) => (i * 7919) % 251);
  const dataset = deviceDataset(pixels, inputShape, Int32Array.from({ length: examples }, (_, i) => i % 10));
  const sgd = { learningRate: 0.05, schedule: { kind: 'constant' }, momentum: 0.9, nesterov: true };
  const rest = { weightDecay: 5e-4, augmentation: 'none', labelSmoothing: 0, adversarial: null };
  const params = { epochs: 2, batchSize: 128, ...sgd, ...rest, precision: 'float32' };
  const { batchSize, lastEpoch } = await trainClassifier({ model, dataset, params, seed: 5 });
  console.log(JSON.stringify({ batchSize, finite: Number.isFinite(lastEpoch.loss) }));
`;

// With AVX-512, TensorFlow's kernel for these wrote beyond its buffers, and the process ended within seconds.
it('leaves the process whole where a narrow ResNet-18 trains in odd batches on two threads', () => {
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', training], { encoding: 'utf8' });
  expect(run.signal).toBeNull();
  expect(run.stdout.trim()).toBe('{"batchSize":125,"finite":true}');
}, 180_000);
