import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { perturbationNorms } from '../metrics/perturbation-norms.js';
import type { Classifier } from '../models/model.js';
import { brightQuarters, trainedToy } from '../training/bright-quarters.fixture.js';
import { createAttack } from './attack.js';
import type { AttackParams } from './attack-params.js';

const n = 16;
let source: Classifier;
let others: Classifier[];
let x: tf.Tensor4D;
let own: tf.Tensor1D;
let next: tf.Tensor1D;

beforeAll(async () => {
  await startTestEngine();
  source = await trainedToy(1);
  others = [await trainedToy(2), await trainedToy(3)];
  const { images, labels } = brightQuarters();
  x = tf.tensor4d(
    Float32Array.from(images.subarray(0, n * 192), (byte) => byte / 255),
    [n, 8, 8, 3],
  );
  own = tf.tensor1d(labels.slice(0, n), 'int32');
  next = tf.tensor1d(
    labels.slice(0, n).map((label) => (label + 1) % 4),
    'int32',
  );
});

const params: AttackParams = {
  norm: 'l2',
  epsilon: 4,
  stepSize: 0.5,
  steps: 25,
  targeted: true,
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
};
const share = (classifier: Classifier, images: tf.Tensor4D, labels: tf.Tensor1D) =>
  tf.tidy(() => classifier.forward(images).argMax(1).equal(labels).mean().dataSync()[0] as number);

describe('an attack that must not transfer to other models', () => {
  it.each([
    ['targeted', {}],
    ['untargeted', { targeted: false }],
  ])('fools its source and none of them, %s', async (_, change) => {
    const changed = { ...params, ...change };
    const labels = changed.targeted ? next : own;
    const plain = createAttack(source, changed);
    const sparing = createAttack(source, changed, others);
    const transferring = (await plain.run(x, labels, 1)).images;
    const kept = (await sparing.run(x, labels, 1, { originalLabels: own })).images;
    // The plain attack moves at least one of them; the other keeps both and still fools its source.
    const spared = (images: tf.Tensor4D) => Math.min(...others.map((other) => share(other, images, own)));
    expect(spared(transferring)).toBeLessThan(0.6);
    expect(spared(kept)).toBeGreaterThan(0.9);
    expect(share(source, kept, own)).toBeLessThan(0.1);
    if (changed.targeted) expect(share(source, kept, next)).toBeGreaterThan(0.9);
    expect(Math.max(...perturbationNorms(kept, x, 'l2'))).toBeLessThanOrEqual(params.epsilon + 1e-5);
    plain.dispose();
    sparing.dispose();
  });

  it('keeps what moves none of them, when it may choose', async () => {
    const both = async (keepBest: boolean) => {
      const attack = createAttack(source, { ...params, steps: 6, stepSize: 1, keepBest }, others);
      const found = (await attack.run(x, next, 1, { originalLabels: own })).images;
      attack.dispose();
      const fooled = source.forward(found).argMax(1).equal(next);
      const kept = others.map((other) => other.forward(found).argMax(1).equal(own));
      return kept
        .reduce((all, each) => all.logicalAnd(each), fooled)
        .sum()
        .dataSync()[0] as number;
    };
    expect(await both(true)).toBeGreaterThanOrEqual(await both(false));
    expect(await both(true)).toBeGreaterThan(0);
  });

  it('needs the original labels, and leaves no tensors behind', async () => {
    const attack = createAttack(
      source,
      { ...params, steps: 2, restarts: 2, randomStart: true, gradientSamples: 2 },
      others,
    );
    await expect(attack.run(x, next, 1)).rejects.toMatchObject({ code: 'INTERNAL' });
    (await attack.run(x, next, 1, { originalLabels: own })).images.dispose();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) (await attack.run(x, next, 1, { originalLabels: own })).images.dispose();
    expect(tf.memory().numTensors).toBe(before);
    attack.dispose();
  });
});
