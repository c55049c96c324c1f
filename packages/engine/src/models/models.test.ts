import {
  type Architecture,
  architectureNames,
  channelsAt,
  type ImageShape,
  layOutModel,
  smallestImageOf,
} from '@toogit/networks';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import { generator } from '../random/generator.js';
import { freezeModel } from './freeze.js';
import { createModel, type Model } from './model.js';

beforeAll(async () => {
  await startTestEngine();
});

const smallest = (architecture: Architecture): ImageShape => {
  const size = smallestImageOf(architecture);
  return [size, size, 3];
};

const tiny = (architecture: Architecture, inputShape: ImageShape = smallest(architecture), seed = 1) =>
  createModel({
    architecture,
    width: 1 / 16,
    inputShape,
    numClasses: 10,
    mean: [0.5, 0.45, 0.4].slice(0, inputShape[2]),
    std: [0.25, 0.2, 0.3].slice(0, inputShape[2]),
    seed,
  });

function images(n: number, [h, w, c]: ImageShape): tf.Tensor4D {
  const random = generator([n, 3]);
  return tf.tensor4d(
    Float32Array.from({ length: n * h * w * c }, () => random.uint32() / 2 ** 32),
    [n, h, w, c],
  );
}

const worst = (a: tf.Tensor, b: tf.Tensor) => a.sub(b).abs().max().dataSync()[0] as number;
const names = architectureNames;

describe.each(names)('%s', (architecture) => {
  it('gives logits and features for any image shape', () => {
    const [height, width] = smallest(architecture);
    for (const shape of [
      [height, width, 3],
      [height + 20, height + 20, 1],
      [height + 4, width + 2, 2],
    ] as const) {
      const model = tiny(architecture, shape);
      const x = images(3, shape);
      expect(model.forward(x).shape).toEqual([3, 10]);
      const features = model.features(x);
      expect(features.shape).toEqual([3, ...model.network.outputShape]);
      model.dispose();
    }
  });

  it('evaluates the same when frozen, gradient too, after its statistics moved', () => {
    const model = tiny(architecture);
    const x = images(4, model.inputShape);
    for (let i = 0; i < 3; i++) model.forward(x, 'training').dispose();
    const frozen = freezeModel(model);
    expect(worst(model.forward(x), frozen.forward(x))).toBeLessThan(1e-4);
    const gradient = (classifier: { forward(x: tf.Tensor4D): tf.Tensor }) =>
      tf.grad((z) =>
        classifier
          .forward(z as tf.Tensor4D)
          .square()
          .sum(),
      )(x);
    const scale = gradient(model).abs().max().dataSync()[0] as number;
    expect(worst(gradient(model), gradient(frozen))).toBeLessThan(1e-4 * Math.max(1, scale));
    frozen.dispose();
    model.dispose();
  });

  it('traced equals eager, in evaluation and training', () => {
    const model = tiny(architecture);
    const x = images(4, model.inputShape);
    for (const mode of ['evaluation', 'training'] as const) {
      const before = model.weights();
      const traced = traceFunction((x: tf.Tensor4D) => model.forward(x, mode), [x], {
        variables: model.variables,
      });
      const eager = model.forward(x, mode);
      const afterEager = model.weights();
      model.loadWeights(before);
      expect(worst(traced(x), eager)).toBeLessThan(1e-3 * (eager.abs().max().dataSync()[0] as number));
      for (const [name, { data }] of model.weights()) {
        const other = afterEager.get(name)?.data ?? [];
        data.forEach((value, i) => void expect(Math.abs(value - (other[i] as number))).toBeLessThan(1e-4));
      }
      traced.dispose();
    }
    model.dispose();
  });

  it('carries its weights to another of its kind, bit for bit, and refuses other weights', () => {
    const [a, b] = [1, 2].map((seed) => tiny(architecture, smallest(architecture), seed)) as [Model, Model];
    const x = images(2, a.inputShape);
    expect(worst(a.forward(x), b.forward(x))).toBeGreaterThan(0);
    b.loadWeights(a.weights());
    expect(b.forward(x).dataSync()).toEqual(a.forward(x).dataSync());
    const incomplete = a.weights();
    incomplete.delete('classifier.kernel');
    expect(() => b.loadWeights(incomplete)).toThrow(/classifier\.kernel/);
    const other = a.weights();
    other.set('surplus', { dtype: 'float32', shape: [1], data: new Float32Array(1) });
    expect(() => b.loadWeights(other)).toThrow(/surplus/);
    a.dispose();
    b.dispose();
  });
});

it('starts from the same weights for the same seed', () => {
  const kernel = (seed: number) => tiny('resnet9', [8, 8, 3], seed).weights().get('layers.0.kernel')?.data;
  expect(kernel(5)).toEqual(kernel(5));
  expect(kernel(5)).not.toEqual(kernel(6));
});

it.each([
  ['cnn', [28, 28, 1], 3_274_634],
  ['resnet18', [32, 32, 3], 11_173_962],
  ['resnet50', [32, 32, 3], 23_520_842],
  // as in the well-known collection of networks for CIFAR-10 in PyTorch (kuangliu/pytorch-cifar)
  ['vgg16', [32, 32, 3], 14_728_266],
  ['densenet121', [32, 32, 3], 6_956_298],
  // torchvision's 27,161,264, less 3,326,696 of the auxiliary classifier, less the 2,049,000 of 2048 features × 1000
  // classes: 21,785,568; with the 20,490 of 10 classes
  ['inceptionv3', [32, 32, 3], 21_806_058],
  // Huang et al. 2017, table 2: 0.8M at depth 100 and growth 12
  ['densenet-bc', [32, 32, 3], 769_162],
] as const)('%s has the published number of parameters', (architecture, inputShape, published) => {
  expect(atFullWidth(architecture, inputShape)).toBe(published);
});

it('comes in other depths where the architecture does, and only there', () => {
  const counts = [10, 40, 100].map((depth) => atFullWidth('densenet-bc', [32, 32, 3], depth));
  // Depth 40 at growth 12, commonly given as 0.18M.
  expect(counts).toEqual([expect.any(Number), 176_122, 769_162]);
  for (const depth of [4, 30, 99]) {
    expect(() => atFullWidth('densenet-bc', [32, 32, 3], depth)).toThrow(/6n \+ 4.*not \d+/);
  }
  expect(() => atFullWidth('resnet50', [32, 32, 3], 50)).toThrow(/one depth only; densenet-bc/);
});

function atFullWidth(
  architecture: Architecture,
  inputShape: ImageShape,
  depth: number | null = null,
): number {
  return layOutModel({ architecture, width: 1, depth, inputShape, numClasses: 10 }).parameterCount;
}

it('counts the parameters that there are', () => {
  const model = tiny('densenet-bc');
  expect(model.trainableVariables.reduce((sum, { size }) => sum + size, 0)).toBe(model.parameterCount);
  model.dispose();
});

it('counts the multiply-adds of a forward pass', () => {
  const layout = layOutModel({
    architecture: 'resnet18',
    width: 1,
    inputShape: [32, 32, 3],
    numClasses: 10,
  });
  // 0.56 GMAC, as commonly given for the CIFAR form.
  expect(layout.forwardFlops / 2e9).toBeCloseTo(0.556, 2);
});

it('rounds widths to multiples of four channels', () => {
  expect([1, 0.25, 0.1, 0.01].map((width) => channelsAt(width)(64))).toEqual([64, 16, 8, 4]);
});

it('says when images are too small', () => {
  expect(() => tiny('resnet9', [4, 4, 3])).toThrow(/too small/);
});

it('gives back all it took when disposed', () => {
  const before = tf.memory().numTensors;
  const model = tiny('resnet18');
  const frozen = freezeModel(model);
  frozen.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
