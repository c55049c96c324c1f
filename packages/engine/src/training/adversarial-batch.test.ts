import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { perturbationNorms } from '../metrics/perturbation-norms.js';
import type { Model } from '../models/model.js';
import { crossEntropy } from '../ops/cross-entropy.js';
import type { Norm } from '../perturbation-sets/registry.js';
import { randomUniform, seedTensor } from '../random/stateless.js';
import { adversarialBatch } from './adversarial-batch.js';
import { toyNetwork } from './bright-quarters.fixture.js';

let model: Model;
beforeAll(async () => {
  await startTestEngine();
  model = toyNetwork();
});

const images = (n: number, seed: number) => randomUniform([n, 8, 8, 3], seedTensor([seed, 2])) as tf.Tensor4D;
const labels = (n: number) => tf.range(0, n, 1, 'int32').mod(tf.scalar(4, 'int32')) as tf.Tensor1D;
const loss = (x: tf.Tensor4D) => crossEntropy(model.forward(x), labels(x.shape[0]));

describe.each<Norm>(['l2', 'linf'])('adversarialBatch, %s', (norm) => {
  it('stays in the ball and in [0,1], whatever the steps', () => {
    fc.assert(
      fc.property(
        fc.record({
          epsilon: fc.double({ min: 0, max: 2, noNaN: true }),
          stepSize: fc.double({ min: 1e-3, max: 3, noNaN: true }),
          steps: fc.integer({ min: 1, max: 3 }),
          randomStart: fc.boolean(),
        }),
        fc.nat(1000),
        (params, seed) =>
          tf.tidy(() => {
            const x = images(3, seed);
            const found = adversarialBatch(model, { norm, ...params }, x, labels(3), seedTensor([seed, 5]));
            expect(Math.max(...perturbationNorms(found, x, norm))).toBeLessThanOrEqual(params.epsilon + 1e-5);
            expect(found.min().dataSync()[0]).toBeGreaterThanOrEqual(0);
            expect(found.max().dataSync()[0]).toBeLessThanOrEqual(1);
          }),
      ),
      { numRuns: 25 },
    );
  });

  it('raises every loss, leaves the model alone, and treats each example by itself', () => {
    const before = model.weights();
    const epsilon = norm === 'l2' ? 0.5 : 0.03;
    const params = { norm, epsilon, stepSize: epsilon / 4, steps: 5, randomStart: false };
    const x = images(8, 1);
    const found = adversarialBatch(model, params, x, labels(8), seedTensor([1, 1]));
    expect(loss(found).sub(loss(x)).min().dataSync()[0]).toBeGreaterThan(0);
    expect(model.weights()).toEqual(before);
    const part = x.slice([0], [4]);
    const alone = adversarialBatch(model, params, part, labels(4), seedTensor([1, 1]));
    expect(
      alone
        .sub(found.slice([0], [4]))
        .abs()
        .max()
        .dataSync()[0],
    ).toBeLessThan(1e-4);
  });
});
