import { datasets, imageShapeOf } from '@toogit/catalogue';
import { describe, expect, it } from 'vitest';
import { networkCost } from './network-cost.js';

const cost = (architecture: Parameters<typeof networkCost>[0]['architecture'], width = 1) =>
  networkCost({ architecture, width, depth: null }, datasets.cifar10.shape);

describe('networkCost', () => {
  // He et al. 2016 with the 3×3 stem for 32×32 images
  it.each([
    ['resnet18', 11_173_962, 0.5555e9],
    ['resnet50', 23_520_842, 1.2981e9],
  ] as const)('%s has the published size', (architecture, parameters, multiplications) => {
    expect(cost(architecture).parameters).toBe(parameters);
    expect(cost(architecture).forwardFlops / 2 / multiplications).toBeCloseTo(1, 2);
  });

  it('counts the MNIST network by hand', () => {
    const weights = [25 * 32, 25 * 32 * 64, 7 * 7 * 64 * 1024, 1024 * 10] as const;
    const biases = 32 + 64 + 1024 + 10;
    expect(networkCost({ architecture: 'cnn', width: 1, depth: null }, datasets.mnist.shape)).toEqual({
      parameters: weights.reduce((sum, n) => sum + n, biases),
      features: 1024,
      layers: 4,
      activations: 28 * 28 * 32 + 14 * 14 * (32 + 64) + 7 * 7 * 64 + 1024 + 10,
      forwardFlops: 2 * (weights[0] * 28 * 28 + weights[1] * 14 * 14 + weights[2] + weights[3]),
    });
  });

  it('follows the size of the images where it can be chosen', () => {
    const flops = (imageSize: number | null) =>
      networkCost(
        { architecture: 'resnet18', width: 1, depth: null },
        imageShapeOf('restricted-imagenet', imageSize),
      ).forwardFlops;
    expect(flops(64) / flops(32)).toBeCloseTo(4, 1);
    expect(flops(null)).toBe(flops(224));
  });

  it('grows about with the square of the width', () => {
    const ratio = cost('resnet9', 1).forwardFlops / cost('resnet9', 0.5).forwardFlops;
    expect(ratio).toBeGreaterThan(3.8);
    expect(ratio).toBeLessThan(4);
  });
});
