import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Architecture, architectureNames, depthsOf, smallestImageOf } from './architectures.js';
import { layOutModel } from './model-layout.js';
import { networkCost } from './network-cost.js';
import { parametersOf } from './parameters.js';

const cost = (architecture: Architecture, width = 1, size = 32) =>
  networkCost({ architecture, width, depth: null }, [size, size, 3], 10);

/** Of images of 32×32×3 at width 1, of 40×40×1 at width 0.3, with 10 classes. */
const golden: [Architecture, width: number, ...cost: number[]][] = [
  ['cnn', 1, 39538688, 4259274, 62474, 4, 1024],
  ['cnn', 0.3, 5078160, 623626, 26318, 4, 308],
  ['resnet9', 1, 758523904, 6573120, 851978, 9, 512],
  ['resnet9', 0.3, 110134240, 586244, 409610, 9, 152],
  ['resnet18', 1, 1110845440, 11173962, 1474570, 21, 512],
  ['resnet18', 0.3, 161855840, 995870, 712810, 21, 152],
  ['resnet50', 1, 2595659776, 23520842, 8667146, 54, 2048],
  ['resnet50', 0.3, 374991360, 2105174, 4175610, 54, 608],
  ['preactresnet18', 1, 1110845440, 11172170, 1417226, 21, 512],
  ['preactresnet18', 0.3, 161855840, 995334, 685410, 21, 152],
  ['vgg16', 1, 626403328, 14728266, 584202, 14, 512],
  ['vgg16', 0.3, 86627104, 1305666, 278718, 14, 152],
  ['inceptionv3', 1, 8161304576, 21806058, 15835146, 95, 2048],
  ['inceptionv3', 0.3, 1144217120, 1966530, 7388810, 95, 616],
  ['densenet121', 1, 1776701440, 6956298, 13611018, 121, 1024],
  ['densenet121', 0.3, 173624320, 452394, 5316810, 121, 256],
  ['densenet-bc', 1, 575859384, 769162, 12142858, 100, 342],
  ['densenet-bc', 0.3, 99976680, 91562, 6324410, 100, 114],
];

describe('networkCost', () => {
  it.each(golden)('%s at width %f: operations, parameters, activations, layers, features', (...row) => {
    const [architecture, width, ...expected] = row;
    const image = width === 1 ? ([32, 32, 3] as const) : ([40, 40, 1] as const);
    const found = networkCost({ architecture, width, depth: null }, image, 10);
    const { forwardFlops, parameters, activations, layers, features } = found;
    expect([forwardFlops, parameters, activations, layers, features]).toEqual(expected);
  });

  it('has a golden value for every architecture', () => {
    expect(new Set(golden.map(([name]) => name))).toEqual(new Set(architectureNames));
  });

  // He et al. 2016 with the 3×3 stem for 32×32 images; pre-activated, with a last batch norm
  it.each([
    ['resnet18', 11_173_962, 0.5555e9],
    ['resnet50', 23_520_842, 1.2981e9],
    ['preactresnet18', 11_172_170, 0.5555e9],
  ] as const)('%s has the published size', (architecture, parameters, multiplications) => {
    expect(cost(architecture).parameters).toBe(parameters);
    expect(cost(architecture).forwardFlops / 2 / multiplications).toBeCloseTo(1, 2);
  });

  it('counts the MNIST network by hand', () => {
    const weights = [25 * 32, 25 * 32 * 64, 7 * 7 * 64 * 1024, 1024 * 10] as const;
    const biases = 32 + 64 + 1024 + 10;
    expect(networkCost({ architecture: 'cnn', width: 1, depth: null }, [28, 28, 1], 10)).toEqual({
      parameters: weights.reduce((sum, n) => sum + n, biases),
      features: 1024,
      layers: 4,
      activations: 28 * 28 * 32 + 14 * 14 * (32 + 64) + 7 * 7 * 64 + 1024 + 10,
      forwardFlops: 2 * (weights[0] * 28 * 28 + weights[1] * 14 * 14 + weights[2] + weights[3]),
    });
  });

  it('grows about with the square of the width, and with the area of the images', () => {
    const ratio = cost('resnet9', 1).forwardFlops / cost('resnet9', 0.5).forwardFlops;
    expect(ratio).toBeGreaterThan(3.8);
    expect(ratio).toBeLessThan(4);
    expect(cost('resnet18', 1, 64).forwardFlops / cost('resnet18').forwardFlops).toBeCloseTo(4, 1);
  });
});

describe.each(architectureNames)('%s', (architecture) => {
  it('counts the parameters that it declares, whatever its width, depth, images and classes', () => {
    const smallest = smallestImageOf(architecture);
    const depths = depthsOf(architecture) === null ? [null] : [null, 10, 40];
    fc.assert(
      fc.property(
        fc.record({
          width: fc.constantFrom(0.01, 0.25, 0.3, 1),
          depth: fc.constantFrom(...depths),
          inputShape: fc.tuple(
            fc.integer({ min: smallest, max: 48 }),
            fc.integer({ min: smallest, max: 48 }),
            fc.integer({ min: 1, max: 4 }),
          ),
          numClasses: fc.integer({ min: 2, max: 100 }),
        }),
        (shape) => {
          const { network, classifier, parameterCount } = layOutModel({ architecture, ...shape });
          const declared = parametersOf([...network.nodes, classifier]);
          const trained = declared.filter(({ trainable }) => trainable);
          const sizes = trained.map(({ shape }) => shape.reduce((product, n) => product * n, 1));
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(parameterCount);
          expect(new Set(declared.map(({ name }) => name)).size).toBe(declared.length);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('takes its smallest images, and none that its pools leave nothing of', () => {
    const smallest = smallestImageOf(architecture);
    const layOut = (size: number) => () =>
      layOutModel({ architecture, width: 0.01, inputShape: [size, size, 3], numClasses: 10 });
    expect(layOut(smallest)).not.toThrow();
    if (smallest > 8) expect(layOut(smallest - 1)).toThrow(/too small/);
  });
});
