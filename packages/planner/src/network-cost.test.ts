import { describe, expect, it } from 'vitest';
import { networkCost } from './network-cost.js';

describe('networkCost', () => {
  // He et al. 2016 with the 3×3 stem for 32×32 images: published parameter counts, less those of batch norm.
  it.each([
    ['resnet18', 11_164_352, 0.5555e9],
    ['resnet50', 23_467_712, 1.2981e9],
  ] as const)('%s has the published size', (architecture, parameters, multiplications) => {
    const cost = networkCost(architecture, 1, 'cifar10');
    expect(cost.parameters).toBe(parameters);
    expect(cost.forwardFlops / 2 / multiplications).toBeCloseTo(1, 2);
  });

  it('counts the MNIST network by hand', () => {
    const weights = [25 * 32, 25 * 32 * 64, 7 * 7 * 64 * 1024, 1024 * 10] as const;
    expect(networkCost('cnn', 1, 'mnist')).toEqual({
      parameters: weights.reduce((sum, n) => sum + n, 0),
      forwardFlops: 2 * (weights[0] * 28 * 28 + weights[1] * 14 * 14 + weights[2] + weights[3]),
    });
  });

  it('follows the size of the images where it can be chosen', () => {
    const flops = (imageSize: number) =>
      networkCost('resnet18', 1, 'restricted-imagenet', imageSize).forwardFlops;
    expect(flops(64) / flops(32)).toBeCloseTo(4, 1);
    expect(networkCost('resnet18', 1, 'restricted-imagenet').forwardFlops).toBe(flops(224));
  });

  it('grows about with the square of the width', () => {
    const ratio =
      networkCost('resnet9', 1, 'cifar10').forwardFlops / networkCost('resnet9', 0.5, 'cifar10').forwardFlops;
    expect(ratio).toBeGreaterThan(3.8);
    expect(ratio).toBeLessThan(4);
  });
});
