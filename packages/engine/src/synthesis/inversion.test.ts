import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { randomUniform, seedTensor } from '../random/stateless.js';
import { trainedToy } from '../training/bright-quarters.fixture.js';
import { createInversion, type InversionParams } from './inversion.js';
import { inversionStart, otherImages } from './inversion-start.js';

beforeAll(async () => {
  await startTestEngine();
});

const largest = (x: tf.Tensor) => x.max().dataSync()[0] as number;
const difference = (a: tf.Tensor, b: tf.Tensor) => largest(a.sub(b).abs());
const noise = (seed: number, n = 6) => randomUniform([n, 8, 8, 3], seedTensor([seed, 1])) as tf.Tensor4D;

async function invert(classifier: Classifier, x: tf.Tensor4D, start: tf.Tensor4D, params: InversionParams) {
  const inversion = createInversion(classifier, params);
  const result = await inversion.run(x, start);
  inversion.dispose();
  return result;
}

/** Features are the pixels in another order, some negated: an orthogonal map. */
function orthogonalClassifier(): Classifier {
  const order = tf.tensor1d(
    Array.from({ length: 192 }, (_, i) => (i * 5 + 7) % 192),
    'int32',
  );
  const sign = tf.tensor1d(Array.from({ length: 192 }, (_, i) => (i % 3 === 0 ? -1 : 1)));
  const features = (x: tf.Tensor4D) =>
    x.reshape<tf.Tensor2D>([-1, 192]).gather(order, 1).mul<tf.Tensor2D>(sign);
  return {
    inputShape: [8, 8, 3],
    numClasses: 2,
    variables: [],
    features,
    forward: (x) => features(x).slice([0, 0], [-1, 2]),
    dispose: () => tf.dispose([order, sign]),
  };
}

describe('inversion through an orthogonal map', () => {
  it('reaches x in a straight line', async () => {
    const [x, start] = [noise(1), noise(2)];
    const stepSize = 0.05;
    const { images, distance } = await invert(orthogonalClassifier(), x, start, { stepSize, steps: 150 });
    const apart = images.sub(x).square().sum([1, 2, 3]).sqrt();
    expect(largest(apart)).toBeLessThanOrEqual(stepSize);
    const expected = apart.div(x.square().sum([1, 2, 3]).sqrt());
    expect(difference(distance, expected)).toBeLessThan(1e-5);
  });

  it('stays where it is once there', async () => {
    const { images, distance } = await invert(orthogonalClassifier(), noise(1), noise(1), {
      stepSize: 0.1,
      steps: 3,
    });
    expect(difference(images, noise(1))).toBe(0);
    expect(largest(distance)).toBe(0);
  });

  it('takes steps of the given length', async () => {
    const start = tf.fill([6, 8, 8, 3], 0.5) as tf.Tensor4D;
    const { images } = await invert(orthogonalClassifier(), noise(1), start, { stepSize: 0.1, steps: 1 });
    const lengths = images.sub(start).square().sum([1, 2, 3]).sqrt();
    expect(difference(lengths, tf.onesLike(lengths).mul(0.1))).toBeLessThan(1e-6);
  });
});

describe('inversion through a network', () => {
  let network: Classifier;
  beforeAll(async () => {
    network = await trainedToy();
  });
  const params: InversionParams = { stepSize: 0.1, steps: 40 };
  const distanceAt = (images: tf.Tensor4D, x: tf.Tensor4D) => {
    const [f, g] = [network.features(images), network.features(x)];
    return f.sub(g).square().sum(1).sqrt().div(g.square().sum(1).sqrt());
  };

  it('brings the features near, within [0,1], and says how near', async () => {
    const [x, start] = [noise(1), noise(2)];
    const { images, distance } = await invert(network, x, start, params);
    expect(largest(distance.div(distanceAt(start, x)))).toBeLessThan(0.5);
    expect(difference(distance, distanceAt(images, x))).toBeLessThan(1e-4);
    expect(largest(images)).toBeLessThanOrEqual(1);
    expect(largest(images.neg())).toBeLessThanOrEqual(0);
  });

  it('keeps the best when asked to: never farther than start or last', async () => {
    const [x, start] = [noise(1), noise(2)];
    const coarse = { stepSize: 1.5, steps: 7 }; // overshoots
    const last = await invert(network, x, start, coarse);
    const best = await invert(network, x, start, { ...coarse, keepBest: true });
    expect(largest(best.distance.sub(last.distance))).toBeLessThanOrEqual(0);
    expect(largest(best.distance.sub(distanceAt(start, x)))).toBeLessThan(1e-5);
    expect(difference(best.distance, distanceAt(best.images, x))).toBeLessThan(1e-4);
    expect(largest(last.distance.sub(best.distance))).toBeGreaterThan(0);
  });

  it('treats each example by itself', async () => {
    const [x, start] = [noise(1), noise(2)];
    const whole = await invert(network, x, start, { ...params, steps: 5 });
    const part = (z: tf.Tensor4D) => z.slice([2], [2]);
    const alone = await invert(network, part(x), part(start), { ...params, steps: 5 });
    expect(difference(alone.images, part(whole.images))).toBeLessThan(1e-4);
    expect(difference(alone.distance, whole.distance.slice([2], [2]))).toBeLessThan(1e-4);
  });

  it('in bfloat16 comes as near', async () => {
    const [x, start] = [noise(1), noise(2)];
    const exact = await invert(network, x, start, params);
    const rounded = await invert(network, x, start, { ...params, precision: 'bfloat16' });
    expect(difference(rounded.distance, exact.distance)).toBeLessThan(0.1);
  });

  it('reports steps, stops when aborted, leaves no tensors behind but its result', async () => {
    const inversion = createInversion(network, { ...params, steps: 10, keepBest: true });
    const [x, start] = [noise(1), noise(2)];
    const run = async (options = {}) => {
      const { images, distance } = await inversion.run(x, start, options);
      tf.dispose([images, distance]);
    };
    await run();
    const before = tf.memory().numTensors;
    const seen: number[] = [];
    await run({ onStep: ({ done }: { done: number }) => seen.push(done) });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const aborter = new AbortController();
    const onStep = ({ done }: { done: number }) => done === 3 && aborter.abort(new Error('enough'));
    await expect(inversion.run(x, start, { signal: aborter.signal, onStep })).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
    inversion.dispose();
  });
});

describe('starts', () => {
  it('noise fills [0,1] and follows from its seed', () => {
    const start = (seed: number) => inversionStart('noise', [4, 8, 8, 3], seed);
    expect(start(1).dataSync()).toEqual(start(1).dataSync());
    expect(difference(start(1), start(2))).toBeGreaterThan(0.5);
    expect(largest(start(1))).toBeLessThan(1);
    expect(start(1).mean().dataSync()[0]).toBeCloseTo(0.5, 1);
  });

  it('other images are other, in range, and the same however blocks are cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), fc.nat(), (size, cut, seed) => {
        const whole = otherImages(size, size, 0, seed);
        whole.forEach((other, example) => {
          expect(other).not.toBe(example);
          expect(other).toBeGreaterThanOrEqual(0);
          expect(other).toBeLessThan(size);
        });
        const first = cut % size;
        expect(otherImages(size, size - first, first, seed)).toEqual(whole.slice(first));
      }),
    );
  });

  it('other images are uniform over the rest', () => {
    const drawn = Array.from({ length: 2000 }, (_, seed) => otherImages(5, 1, 2, seed)[0]);
    const times = (index: number) => drawn.filter((other) => other === index).length;
    expect(times(2)).toBe(0);
    for (const other of [0, 1, 3, 4]) expect(Math.abs(times(other) - 500)).toBeLessThan(100);
  });
});
