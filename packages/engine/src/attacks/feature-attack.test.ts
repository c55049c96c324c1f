import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import type { Norm } from '../perturbation-sets/registry.js';
import { randomUniform, seedTensor } from '../random/stateless.js';
import { trainedToy } from '../training/bright-quarters.fixture.js';
import { createFeatureAttack, type Direction, type FeatureAttackParams } from './feature-attack.js';

beforeAll(async () => {
  await startTestEngine();
});

const directions: Direction[] = [1, -1];
const difference = (a: tf.Tensor, b: tf.Tensor) => a.sub(b).abs().max().dataSync()[0] as number;
const uniform = (n: number, seed: number, from = 0, to = 1) =>
  randomUniform([n, 8, 8, 3], seedTensor([seed, 9]))
    .mul(to - from)
    .add(from) as tf.Tensor4D;

/** Three features w·x + 1. */
function linearClassifier(): { classifier: Classifier; weights: tf.Tensor2D } {
  const weights = randomUniform([192, 3], seedTensor([4, 4])).sub(0.5) as tf.Tensor2D;
  const features = (x: tf.Tensor4D) => x.reshape<tf.Tensor2D>([-1, 192]).matMul(weights).add<tf.Tensor2D>(1);
  const classifier: Classifier = {
    inputShape: [8, 8, 3],
    numClasses: 3,
    variables: [],
    features,
    forward: features,
    dispose: () => weights.dispose(),
  };
  return { classifier, weights };
}

describe.each<[Norm, number, 'l1' | 'l2']>([
  ['l2', 0.2, 'l2'],
  ['linf', 0.05, 'l1'],
])('on linear features, %s', (norm, epsilon, dual) => {
  it.each(directions)(
    'reaches f(x) ± epsilon · ‖w‖ of the dual norm where no pixel is clipped (direction %s)',
    async (direction) => {
      const { classifier, weights } = linearClassifier();
      const attack = createFeatureAttack(classifier, { norm, epsilon, stepSize: epsilon / 2, steps: 4 });
      const x = uniform(5, 1, 0.3, 0.7);
      for (const feature of [0, 1, 2]) {
        const w = weights.slice([0, feature], [-1, 1]);
        const length = dual === 'l1' ? w.abs().sum() : w.square().sum().sqrt();
        const f = (await attack.features(x)).slice([0, feature], [-1, 1]).flatten();
        const bound = f.add(length.mul(direction * epsilon));
        expect(difference((await attack.run(x, feature, direction)).values, bound)).toBeLessThan(1e-4);
      }
      attack.dispose();
    },
  );
});

describe('on a network', () => {
  let network: Classifier;
  beforeAll(async () => {
    network = await trainedToy();
  });
  const params: FeatureAttackParams = { norm: 'l2', epsilon: 0.5, stepSize: 0.2, steps: 5 };
  const count = () => network.features(uniform(1, 1)).shape[1];

  it.each<[Norm, number]>([
    ['l2', 3], // steps far too long: many iterates are worse than x
    ['l2', 0.1],
    ['linf', 0.05],
  ])('lowest ≤ f(x) ≤ highest, whatever the steps (%s, step %s, both precisions)', async (norm, stepSize) => {
    const epsilon = norm === 'l2' ? 3 : 0.05;
    for (const precision of ['float32', 'bfloat16'] as const) {
      const attack = createFeatureAttack(network, { norm, epsilon, stepSize, steps: 3, precision });
      await fc.assert(
        fc.asyncProperty(fc.nat(1000), fc.nat(count() - 1), async (seed, feature) => {
          const x = uniform(4, seed);
          const f = (await attack.features(x)).slice([0, feature], [-1, 1]).dataSync();
          const [highest, lowest] = [await attack.run(x, feature, 1), await attack.run(x, feature, -1)];
          const [high, low] = [highest.values.dataSync(), lowest.values.dataSync()];
          f.forEach((value, i) => {
            expect(low[i]).toBeLessThanOrEqual(value + 1e-5 * Math.abs(value));
            expect(high[i]).toBeGreaterThanOrEqual(value - 1e-5 * Math.abs(value));
          });
        }),
        { numRuns: 8 },
      );
      attack.dispose();
    }
  });

  it('moves features: by more with a larger ball', async () => {
    const reach = async (epsilon: number) => {
      const attack = createFeatureAttack(network, { ...params, epsilon, stepSize: epsilon / 4 });
      const [x, feature] = [uniform(8, 2), 1];
      const spread = (await attack.run(x, feature, 1)).values.sub((await attack.run(x, feature, -1)).values);
      attack.dispose();
      return spread.mean().dataSync()[0] as number;
    };
    const [small, large] = [await reach(0.1), await reach(1)];
    expect(small).toBeGreaterThan(0);
    expect(large).toBeGreaterThan(3 * small);
  });

  it('takes a feature and a direction for each example: the same as one at a time', async () => {
    const attack = createFeatureAttack(network, params);
    const x = uniform(2, 3);
    const repeated = tf.concat<tf.Tensor4D>([x, x, x]);
    const stacked = await attack.run(repeated, Int32Array.of(0, 0, 1, 1, 2, 2), [1, 1, -1, -1, 1, 1]);
    const single = [await attack.run(x, 0, 1), await attack.run(x, 1, -1), await attack.run(x, 2, 1)];
    expect(difference(stacked.values, tf.concat(single.map(({ values }) => values)))).toBeLessThan(1e-4);
    attack.dispose();
  });

  it('in bfloat16 finds nearly the same', async () => {
    const find = async (precision: 'float32' | 'bfloat16') => {
      const attack = createFeatureAttack(network, { ...params, precision });
      const found = (await attack.run(uniform(8, 2), 1, 1)).values;
      attack.dispose();
      return found;
    };
    const exact = await find('float32');
    expect(difference(await find('bfloat16'), exact)).toBeLessThan(
      0.05 * (exact.abs().max().dataSync()[0] as number),
    );
  });

  it('refuses a feature that is not there, stops when aborted, leaves no tensors behind', async () => {
    const attack = createFeatureAttack(network, params);
    const x = uniform(4, 1);
    (await attack.run(x, 0, 1)).values.dispose();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) (await attack.run(x, i % 2, 1)).values.dispose();
    (await attack.features(x)).dispose();
    await expect(attack.run(x, 1000, 1)).rejects.toMatchObject({ code: 'INTERNAL' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(attack.run(x, 0, 1, { signal })).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
    attack.dispose();
  });
});
