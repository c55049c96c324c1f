import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../../backend/testing/start-test-engine.js';
import { tf } from '../../backend/tf.js';
import type { Classifier } from '../../models/model.js';
import { toyExamples, toyTensors, trainedToy } from '../../training/bright-quarters.fixture.js';
import { createAttack, pgd } from '../attack.js';
import { squareRule, squareSides } from './square.js';

let model: Classifier;
let x: tf.Tensor4D;
let y: tf.Tensor1D;
beforeAll(async () => {
  await startTestEngine();
  model = await trainedToy();
  ({ x, y } = toyTensors());
});

const epsilon = 0.25;
const common = {
  norm: 'linf',
  epsilon,
  stepSize: epsilon,
  randomStart: false,
  restarts: 1,
  gradientSamples: 1,
} as const;

const attackOf = (of: Classifier, steps: number, targeted = false) =>
  createAttack(of, {
    ...common,
    steps,
    targeted,
    rule: (set) => squareRule(set, { steps, firstShare: 0.8 }),
  });
const accuracy = (of: Classifier, images: tf.Tensor4D) =>
  of.forward(images).argMax(1).equal(y).mean().dataSync()[0] as number;

describe('the sides of the squares', () => {
  it('are those of the authors for 5,000 queries on 32×32', () => {
    const sides = squareSides(5_000, 0.8, [1, 32, 32, 3]);
    // sqrt(0.8 · 1024) = 28.6, and so on with the share halved after query 5, 25, 100, 250, 500, 1,000, 2,000, 3,000, 4,000.
    const after = [0, 6, 26, 101, 251, 501, 1_001, 2_001, 3_001, 4_001];
    expect(after.map((step) => sides[step])).toEqual([29, 20, 14, 10, 7, 5, 4, 3, 2, 1]);
    for (const step of after.slice(1)) expect(sides[step - 1]).toBeGreaterThanOrEqual(sides[step] as number);
    expect(sides[5]).toBe(29);
  });

  it('fit the image, and have a pixel', () => {
    expect(Math.max(...squareSides(100, 1, [1, 4, 9, 1]))).toBe(4);
    expect(Math.min(...squareSides(100, 0.01, [1, 4, 4, 1]))).toBe(1);
  });
});

describe('Square', () => {
  it('lowers the accuracy without a gradient, further with more queries, the same way twice', async () => {
    const few = await attackOf(model, 20).run(x, y, 1);
    const many = await attackOf(model, 300).run(x, y, 1);
    const again = await attackOf(model, 300).run(x, y, 1);
    expect(accuracy(model, x)).toBeGreaterThan(0.9);
    expect(accuracy(model, many.images)).toBeLessThanOrEqual(accuracy(model, few.images));
    expect(accuracy(model, many.images)).toBeLessThan(0.5);
    expect(Array.from(again.images.dataSync())).toEqual(Array.from(many.images.dataSync()));
    expect(many.images.sub(x).abs().max().dataSync()[0]).toBeLessThanOrEqual(epsilon);
    expect(Array.from(many.zeroGradients)).toEqual(new Array(toyExamples).fill(0));
  });

  it('moves every pixel by epsilon, or to the end of the range', async () => {
    const { images } = await attackOf(model, 100).run(x, y, 1);
    const [before, after] = [x.dataSync(), images.dataSync()];
    for (const [i, value] of after.entries()) {
      const ends = [1, -1].map((sign) => Math.min(1, Math.max(0, (before[i] as number) + sign * epsilon)));
      expect(Math.min(...ends.map((end) => Math.abs(end - value)))).toBeLessThan(1e-6);
    }
  });

  it('reaches targets', async () => {
    const targets = y.add(tf.scalar(1, 'int32')).mod(tf.scalar(4, 'int32')).toInt() as tf.Tensor1D;
    const reached = (images: tf.Tensor4D) =>
      model.forward(images).argMax(1).equal(targets).mean().dataSync()[0] as number;
    const { images } = await attackOf(model, 300, true).run(x, targets, 1);
    expect(reached(images)).toBeGreaterThan(reached(x) + 0.3);
  });

  it('finds what a model hides that has no gradient', async () => {
    // Images are rounded to eight levels before the network: the gradient is 0 wherever it is defined.
    const hiding: Classifier = {
      ...model,
      inputShape: model.inputShape,
      variables: model.variables,
      forward: (images) => model.forward(images.mul(8).floor().div(8).clipByValue(0, 1) as tf.Tensor4D),
    };
    const byGradient = await pgd(hiding, x, y, { ...common, steps: 20, stepSize: 0.05, targeted: false }, 1);
    const { images } = await attackOf(hiding, 300).run(x, y, 1);
    expect(accuracy(hiding, byGradient)).toBe(accuracy(hiding, x));
    expect(accuracy(hiding, images)).toBeLessThan(accuracy(hiding, x) - 0.4);
  });
});
