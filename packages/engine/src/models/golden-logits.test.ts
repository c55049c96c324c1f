import { readFileSync } from 'node:fs';
import type { Architecture } from '@toogit/networks';
import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { freezeModel } from './freeze.js';
import { noise } from './golden-noise.fixture.js';
import { createModel, type Weights } from './model.js';

/** What PyTorch computes for the same weights, statistics and images: golden/generate.py, whose rule is this one. */
const golden = JSON.parse(
  readFileSync(new URL('../../golden/logits.json', import.meta.url), 'utf8'),
) as Record<string, { gain: number; logits: number[][] }>;

beforeAll(async () => {
  await startTestEngine();
});

/** Tensor 0 is the images; then come the parameters in their order. */
function ruled(declared: Weights, gain: number): Weights {
  return new Map(
    [...declared].map(([name, { shape, dtype }], index) => {
      const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const value = (u: number) => {
        if (name.endsWith('.kernel')) return (2 * u - 1) * Math.sqrt((3 * gain) / fanIn);
        return /\.(scale|variance)$/.test(name) ? 0.5 + u : u - 0.5;
      };
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { dtype, shape, data: Float32Array.from(noise(index + 1, size), value) }];
    }),
  );
}

it.each(Object.entries(golden))('%s computes what PyTorch does, frozen too', (name, { gain, logits }) => {
  const model = createModel({
    architecture: name as Architecture,
    width: 1 / 8,
    inputShape: [32, 32, 3],
    numClasses: 10,
    mean: [0.5, 0.45, 0.4],
    std: [0.25, 0.2, 0.3],
    seed: 1,
  });
  model.loadWeights(ruled(model.weights(), gain));
  const frozen = freezeModel(model);
  const x = tf.tensor4d(Float32Array.from(noise(0, 2 * 3072)), [2, 32, 32, 3]);
  const expected = tf.tensor2d(logits);
  for (const classifier of [model, frozen]) {
    const difference = classifier.forward(x).sub(expected).abs().max().dataSync()[0];
    expect(difference).toBeLessThan(1e-4);
  }
  tf.dispose([x, expected]);
  frozen.dispose();
  model.dispose();
});
