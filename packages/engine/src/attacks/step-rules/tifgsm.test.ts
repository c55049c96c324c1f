import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../../backend/testing/start-test-engine.js';
import { perturbationSets } from '../../perturbation-sets/registry.js';
import { generator } from '../../random/generator.js';
import { pgdRule } from './pgd.js';
import { gaussianKernel, tifgsmRule } from './tifgsm.js';
import { type Shape, walk } from './walk.fixture.js';

beforeAll(async () => {
  await startTestEngine();
});

const set = perturbationSets.linf(1);
const stepSize = 0.125;

it('the kernel is a Gaussian of three standard deviations either way', () => {
  const kernel = gaussianKernel(15);
  const at = (row: number, column: number) => kernel[15 * row + column] as number;
  expect(kernel.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
  // One standard deviation is 7/3 pixels.
  expect(at(7, 8) / at(7, 7)).toBeCloseTo(Math.exp(-((3 / 7) ** 2) / 2), 6);
  expect(at(0, 7) / at(7, 7)).toBeCloseTo(Math.exp(-4.5), 6);
  expect(at(2, 3)).toBeCloseTo(at(12, 11), 9);
  expect(Array.from(gaussianKernel(1))).toEqual([1]);
});

it('moves along the sign of the gradient, each channel smoothed in float64', () => {
  const [n, height, width, channels]: Shape = [2, 7, 5, 3];
  const random = generator([3, 1]);
  const gradient = Array.from({ length: n * height * width * channels }, () => random.uint32() / 2 ** 31 - 1);
  const rule = tifgsmRule(set, { stepSize, decay: 0, kernelSize: 5 });
  const { x } = walk(rule, [n, height, width, channels], [gradient]);
  const kernel = gaussianKernel(5);
  const at = (image: number, row: number, column: number, channel: number) =>
    ((image * height + row) * width + column) * channels + channel;
  for (let image = 0; image < n; image++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        for (let channel = 0; channel < channels; channel++) {
          let smoothed = 0;
          for (let dy = -2; dy <= 2; dy++)
            for (let dx = -2; dx <= 2; dx++) {
              const [y, z] = [row + dy, column + dx];
              if (y < 0 || y >= height || z < 0 || z >= width) continue;
              smoothed +=
                (kernel[5 * (dy + 2) + dx + 2] as number) * (gradient[at(image, y, z, channel)] as number);
            }
          // Nearer to 0 the sign is one of rounding.
          if (Math.abs(smoothed) < 1e-6) continue;
          expect(x[at(image, row, column, channel)]).toBe(stepSize * Math.sign(smoothed));
        }
});

it('is PGD with a kernel of one pixel', () => {
  const shape: Shape = [1, 2, 2, 1];
  const gradients = [
    [1, -3, 2, 0],
    [-1, 1, 1, 1],
  ];
  expect(walk(tifgsmRule(set, { stepSize, decay: 0, kernelSize: 1 }), shape, gradients).x).toEqual(
    walk(pgdRule(set, { stepSize }), shape, gradients).x,
  );
});
