import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { perturbationNorms } from '../metrics/perturbation-norms.js';
import type { Classifier } from '../models/model.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { seedTensor } from '../random/stateless.js';
import { createInversion } from '../synthesis/inversion.js';
import { adversarialBatch } from '../training/adversarial-batch.js';
import { brightQuarters, toyDataset, trainedToy } from '../training/bright-quarters.fixture.js';
import { createAttack } from './attack.js';
import type { AttackParams } from './attack-params.js';
import { createFeatureAttack } from './feature-attack.js';
import { universalPerturbation } from './universal-perturbation.js';

const n = 32;
let network: Classifier;
let x: tf.Tensor4D;
let own: tf.Tensor1D;
let next: tf.Tensor1D;

beforeAll(async () => {
  await startTestEngine();
  network = await trainedToy();
  const { images, labels } = brightQuarters();
  const bytes = images.subarray(0, n * 192);
  x = tf.tensor4d(
    Float32Array.from(bytes, (byte) => byte / 255),
    [n, 8, 8, 3],
  );
  own = tf.tensor1d(labels.slice(0, n), 'int32');
  next = own.add(tf.scalar(1, 'int32')).mod(tf.scalar(4, 'int32'));
});

/** The same decisions with other logits and features: everything times a factor. */
const scaled = (classifier: Classifier, factor: number): Classifier => ({
  ...classifier,
  forward: (x) => classifier.forward(x).mul(factor),
  features: (x) => classifier.features(x).mul(factor),
});

const share = (images: tf.Tensor4D, labels: tf.Tensor1D) =>
  tf.tidy(() => network.forward(images).argMax(1).equal(labels).mean().dataSync()[0] as number);

const smallestMargin = () =>
  tf.tidy(() => {
    const top = tf.topk(network.forward(x), 2).values;
    return top
      .slice([0, 0], [-1, 1])
      .sub(top.slice([0, 1], [-1, 1]))
      .min()
      .dataSync()[0] as number;
  });

const plain: AttackParams = {
  norm: 'l2',
  epsilon: 2,
  stepSize: 0.4,
  steps: 10,
  targeted: false,
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
};

async function attacked(classifier: Classifier, labels: tf.Tensor1D, change: Partial<AttackParams>) {
  const attack = createAttack(classifier, { ...plain, ...change });
  const result = await attack.run(x, labels, 1);
  attack.dispose();
  return result;
}

describe.each<[Norm, number]>([
  ['l2', 2],
  ['linf', 0.2],
])('whatever the margins of the logits, %s', (norm, epsilon) => {
  const ball = { norm, epsilon, stepSize: epsilon / 5 };

  it.each([60, 100, 10_000])('PGD leaves the true class at margins of %d', async (margin) => {
    const steep = scaled(network, margin / smallestMargin());
    for (const change of [{}, { restarts: 2, randomStart: true }, { keepBest: true }]) {
      const { images, zeroGradients, nonFiniteGradients } = await attacked(steep, own, {
        ...ball,
        ...change,
      });
      expect(share(images, own)).toBeLessThan(0.1);
      expect(Math.max(...zeroGradients, ...nonFiniteGradients)).toBe(0);
    }
  });

  it('averaged gradients move every image', async () => {
    const { images, zeroGradients } = await attacked(scaled(network, 1000), own, {
      ...ball,
      gradientSamples: 3,
    });
    expect(Math.min(...perturbationNorms(images, x, norm))).toBeGreaterThan(0.5 * epsilon);
    expect(Math.max(...zeroGradients)).toBe(0);
  });

  it('PGD goes where it goes at ordinary margins, targeted or not', async () => {
    for (const [targeted, labels] of [
      [false, own],
      [true, next],
    ] as const) {
      const ordinary = await attacked(network, labels, { ...ball, targeted });
      const steep = await attacked(scaled(network, 1000), labels, { ...ball, targeted });
      expect(share(ordinary.images, labels) > 0.9).toBe(targeted);
      expect(share(steep.images, labels) > 0.9).toBe(targeted);
    }
  });

  it('the inner attack of robust training leaves the true class', () => {
    const params = { ...ball, steps: 10, randomStart: false };
    const found = adversarialBatch(scaled(network, 1000), params, x, own, seedTensor([1, 1]));
    expect(share(found, own)).toBeLessThan(0.1);
  });

  it('a universal perturbation reaches its target', async () => {
    const params = { norm, epsilon: 2 * epsilon, stepSize: epsilon / 4, steps: 24, batchSize: 24, target: 2 };
    const { delta, zeroGradients } = await universalPerturbation(
      scaled(network, 1000),
      toyDataset(),
      params,
      1,
    );
    expect(share(x.add(delta).clipByValue(0, 1) as tf.Tensor4D, tf.fill([n], 2, 'int32'))).toBeGreaterThan(
      0.8,
    );
    expect(zeroGradients).toBe(0);
  });

  it.each([1e-25, 1e15])('a feature times %d is moved as far', async (factor) => {
    const reach = async (classifier: Classifier) => {
      const attack = createFeatureAttack(classifier, { ...ball, steps: 5 });
      const { values } = await attack.run(x, 1, 1);
      attack.dispose();
      return values;
    };
    const [ordinary, other] = [await reach(network), (await reach(scaled(network, factor))).div(factor)];
    expect(ordinary.sub(other).abs().max().dataSync()[0]).toBeLessThan(1e-3);
  });
});

it.each([1e-12, 1e25])('inversion of features times %d comes as near', async (factor) => {
  const distance = async (classifier: Classifier) => {
    const inversion = createInversion(classifier, { stepSize: 0.1, steps: 5 });
    const found = await inversion.run(x, x.reverse(0) as tf.Tensor4D);
    inversion.dispose();
    return found.distance;
  };
  const [ordinary, other] = [await distance(network), await distance(scaled(network, factor))];
  expect(ordinary.sub(other).abs().max().dataSync()[0]).toBeLessThan(1e-3);
});

it('models that must stay spared are weighed as at ordinary margins', async () => {
  const other = await trainedToy(2);
  const params = { ...plain, epsilon: 4, stepSize: 0.5, steps: 25 };
  const run = async (factor: number) => {
    const attack = createAttack(scaled(network, factor), params, [scaled(other, factor)]);
    const { images } = await attack.run(x, own, 1, { originalLabels: own });
    attack.dispose();
    const spared = tf.tidy(() => other.forward(images).argMax(1).equal(own).mean().dataSync()[0] as number);
    return { fooled: 1 - share(images, own), spared };
  };
  for (const factor of [1, 1000]) {
    const { fooled, spared } = await run(factor);
    expect(fooled).toBeGreaterThan(0.8);
    expect(spared).toBeGreaterThan(0.8);
  }
});

describe.each(Object.keys(perturbationSets) as Norm[])('gradients that are no direction, %s', (norm) => {
  /** Logits (0, f of the first pixel): images whose first pixel is 0 are given what f's gradient is there. */
  const ofFirstPixel = (f: (pixel: tf.Tensor2D) => tf.Tensor2D): Classifier => ({
    ...network,
    numClasses: 2,
    variables: [],
    forward: (x) => {
      const score = f(x.slice([0, 0, 0, 0], [-1, 1, 1, 1]).reshape([-1, 1]) as tf.Tensor2D);
      return tf.concat<tf.Tensor2D>([tf.zerosLike(score), score], 1);
    },
  });
  const firstPixels = [0, 0.5, 0];
  const run = async (classifier: Classifier) => {
    const images = tf.tensor4d(
      firstPixels.flatMap((first) => [first, ...new Array<number>(191).fill(0.5)]),
      [3, 8, 8, 3],
    );
    const attack = createAttack(classifier, { ...plain, norm, epsilon: 0.1, stepSize: 0.02, restarts: 2 });
    const found = await attack.run(images, tf.zeros([3], 'int32'), 1);
    attack.dispose();
    const moved = [...found.images.sub(images).abs().max([1, 2, 3]).dataSync()].map((by) => by > 0.09);
    return { moved, zero: [...found.zeroGradients], nonFinite: [...found.nonFiniteGradients] };
  };

  it('are counted where they are zero', async () => {
    const flat = ofFirstPixel((pixel) => pixel.relu());
    expect(await run(flat)).toEqual({ moved: [false, true, false], zero: [20, 0, 20], nonFinite: [0, 0, 0] });
  });

  it('are counted where they are not finite, and move nothing', async () => {
    const steep = ofFirstPixel((pixel) => pixel.sqrt());
    expect(await run(steep)).toEqual({
      moved: [false, true, false],
      zero: [0, 0, 0],
      nonFinite: [20, 0, 20],
    });
  });
});
