import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { perturbationNorms } from '../metrics/perturbation-norms.js';
import type { Classifier } from '../models/model.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { generator } from '../random/generator.js';
import { brightQuarters, trainedToy } from '../training/bright-quarters.fixture.js';
import { createAttack, pgd } from './attack.js';
import type { AttackParams } from './attack-params.js';

beforeAll(async () => {
  await startTestEngine();
});

const shape: [number, number, number, number] = [5, 4, 4, 2];
const norms = Object.keys(perturbationSets) as Norm[];

function uniform(size: number, from: number, to: number, seed: number): Float32Array {
  const random = generator([seed, 17]);
  return Float32Array.from({ length: size }, () => from + ((to - from) * random.uint32()) / 2 ** 32);
}

/** Two classes: logits (0, w·x), so that the loss of class 0 rises exactly along w. */
function linearClassifier(w: Float32Array, inputShape: [number, number, number] = [4, 4, 2]): Classifier {
  const weights = tf.tensor2d(w, [w.length, 1]);
  const features = (x: tf.Tensor4D) => x.reshape<tf.Tensor2D>([-1, w.length]);
  return {
    inputShape,
    numClasses: 2,
    variables: [],
    features,
    forward: (x) => {
      const score = features(x).matMul(weights) as tf.Tensor2D;
      return tf.concat<tf.Tensor2D>([tf.zerosLike(score), score], 1);
    },
    dispose: () => weights.dispose(),
  };
}

const plain: AttackParams = {
  norm: 'l2',
  epsilon: 0.25,
  stepSize: 0.1,
  steps: 5,
  targeted: false,
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
};
const zeros = () => tf.zeros([5], 'int32') as tf.Tensor1D;
const largest = (x: tf.Tensor) => x.max().dataSync()[0] as number;
const difference = (a: tf.Tensor, b: tf.Tensor) => largest(a.sub(b).abs());

describe('on a linear model', () => {
  const w = uniform(32, -0.3, 0.3, 1);

  it('one L∞ step of epsilon is the optimum: epsilon · sign(w)', async () => {
    const x = tf.tensor4d(uniform(160, 0.3, 0.7, 2), shape);
    const found = await pgd(
      linearClassifier(w),
      x,
      zeros(),
      { ...plain, norm: 'linf', epsilon: 0.1, stepSize: 0.1, steps: 1 },
      1,
    );
    const optimum = x.add(tf.tensor4d(w, [1, 4, 4, 2]).sign().mul(0.1));
    expect(difference(found, optimum)).toBeLessThan(1e-6);
  });

  it.each([
    ['mirrors, unless told', {}, true],
    ['moves alone where images may not be mirrored', { gradientAugmentation: 'crop' }, false],
  ] as const)('averaging gradients over copies %s', async (_, change, mirrored) => {
    const width = 16;
    // Only the first column counts: a copy is moved by up to 4 pixels, so only a mirror reaches the last columns.
    const w = Float32Array.from({ length: width * width }, (_, i) => (i % width === 0 ? 1 : 0));
    const x = tf.fill([4, width, width, 1], 0.5) as tf.Tensor4D;
    const params = { ...plain, ...change, norm: 'linf', epsilon: 0.1, steps: 1, gradientSamples: 8 } as const;
    const found = await pgd(linearClassifier(w, [width, width, 1]), x, tf.zeros([4], 'int32'), params, 1);
    const lastColumns = found.sub(x).abs().slice([0, 0, 8, 0]);
    expect(largest(found.sub(x).abs())).toBeGreaterThan(0.09);
    expect(largest(lastColumns) > 0).toBe(mirrored);
  });

  it('L2 ends at the optimum: epsilon · w / ‖w‖, from random starts too', async () => {
    const x = tf.tensor4d(uniform(160, 0.4, 0.6, 3), shape);
    const direction = tf.tensor4d(w, [1, 4, 4, 2]);
    const optimum = x.add(direction.mul(0.25).div(direction.norm()));
    const straight = await pgd(linearClassifier(w), x, zeros(), plain, 1);
    expect(difference(straight, optimum)).toBeLessThan(1e-5);
    const wandering = await pgd(
      linearClassifier(w),
      x,
      zeros(),
      { ...plain, randomStart: true, steps: 60 },
      1,
    );
    expect(difference(wandering, optimum)).toBeLessThan(1e-3);
  });

  it('targeted goes where untargeted flees from', async () => {
    const x = tf.tensor4d(uniform(160, 0.3, 0.7, 2), shape);
    const ones = tf.ones([5], 'int32') as tf.Tensor1D;
    const away = await pgd(linearClassifier(w), x, zeros(), plain, 1);
    const toward = await pgd(linearClassifier(w), x, ones, { ...plain, targeted: true }, 1);
    expect(difference(away, toward)).toBeLessThan(1e-6);
  });
});

let network: Classifier;
beforeAll(async () => {
  network = await trainedToy();
});
const { images, labels: classes } = brightQuarters();
const x = (n = 12) =>
  tf.tensor4d(
    Float32Array.from(images.subarray(0, n * 192), (byte) => byte / 255),
    [n, 8, 8, 3],
  );
/** The class after the true one. */
const next = (n = 12) =>
  tf
    .tensor1d(classes.slice(0, n), 'int32')
    .add(tf.scalar(1, 'int32'))
    .mod<tf.Tensor1D>(tf.scalar(4, 'int32'));
const own = (n = 12) => tf.tensor1d(classes.slice(0, n), 'int32');

describe.each(norms)('on a network, %s', (norm) => {
  const epsilon = norm === 'l2' ? 1 : 0.1;
  const params: AttackParams = { ...plain, norm, epsilon, stepSize: epsilon / 4, steps: 8 };

  it('leaves x alone at epsilon 0', async () => {
    const same = await pgd(network, x(), own(), { ...params, epsilon: 0, randomStart: true }, 1);
    expect(same.dataSync()).toEqual(x().dataSync());
  });

  it.each([
    { randomStart: true },
    { randomStart: true, restarts: 2 },
    { targeted: true, keepBest: true },
    { gradientSamples: 3 },
  ])('stays in the perturbation set with %o', async (change) => {
    const found = await pgd(network, x(), own(), { ...params, ...change }, 1);
    expect(Math.max(...perturbationNorms(found, x(), norm))).toBeLessThanOrEqual(epsilon + 1e-6);
    expect(Math.max(...perturbationNorms(found, x(), norm))).toBeGreaterThan(0.5 * epsilon);
    expect(largest(found)).toBeLessThanOrEqual(1);
    expect(largest(found.neg())).toBeLessThanOrEqual(0);
  });

  it('reaches targets, leaves true classes, and restarts never lower success', async () => {
    const hits = (z: tf.Tensor4D, labels: tf.Tensor1D) =>
      network.forward(z).argMax(1).equal(labels).sum().dataSync()[0] as number;
    expect(hits(x(), own())).toBe(12);
    const toward = await pgd(network, x(), next(), { ...params, targeted: true }, 1);
    expect(hits(toward, next())).toBeGreaterThanOrEqual(10);
    const away = await pgd(network, x(), own(), params, 1);
    expect(hits(away, own())).toBeLessThanOrEqual(2);
    const weak = { ...params, targeted: true, randomStart: true, steps: 1 };
    const once = hits(await pgd(network, x(), next(), weak, 1), next());
    const often = hits(await pgd(network, x(), next(), { ...weak, restarts: 6 }, 1), next());
    expect(often).toBeGreaterThanOrEqual(once);
    expect(
      hits(await pgd(network, x(), next(), { ...params, targeted: true, keepBest: true }, 1), next()),
    ).toBeGreaterThanOrEqual(hits(toward, next()));
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    const attack = createAttack(network, { ...params, randomStart: true });
    const run = async (seed: number) => (await attack.run(x(), own(), seed)).images.dataSync();
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
    attack.dispose();
  });
});

describe('a run', () => {
  it('reports each step and stops when aborted', async () => {
    const aborter = new AbortController();
    const seen: string[] = [];
    const onStep = ({ done, total }: { done: number; total: number }) => {
      seen.push(`${done}/${total}`);
      if (done === 3) aborter.abort(new Error('enough'));
    };
    const running = pgd(network, x(4), own(4), { ...plain, restarts: 2 }, 1, {
      onStep,
      signal: aborter.signal,
    });
    await expect(running).rejects.toThrow('enough');
    expect(seen).toEqual(['1/10', '2/10', '3/10']);
  });

  it('leaves no tensors behind but its result, over 200 steps', async () => {
    const attack = createAttack(network, { ...plain, steps: 20, randomStart: true, restarts: 2 });
    const [batch, labels] = [x(4), own(4)];
    const run = async () => (await attack.run(batch, labels, 1)).images.dispose();
    await run();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) await run();
    expect(tf.memory().numTensors).toBe(before);
    attack.dispose();
  });
});
