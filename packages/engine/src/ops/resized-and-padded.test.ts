import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { seedTensor } from '../random/stateless.js';
import { resizedAndPadded } from './resized-and-padded.js';

beforeAll(async () => {
  await startTestEngine();
});

const always = { smallest: 0.5, probability: 1 };
const seed = (n: number) => seedTensor([n, 7]);
const values = (x: tf.Tensor) => Array.from(x.dataSync());

/** Of an image of ones: where the resized one lies. */
function placeOf(mask: number[], height: number, width: number) {
  const rows = Array.from({ length: height }, (_, y) => mask.slice(y * width, (y + 1) * width));
  const inside = rows.flatMap((row, y) => (row.some((value) => value > 0.5) ? [y] : []));
  const columns = rows[inside[0] as number]?.flatMap((value, x) => (value > 0.5 ? [x] : [])) ?? [];
  return {
    top: inside[0] as number,
    left: columns[0] as number,
    height: inside.length,
    width: columns.length,
  };
}

describe('resized and padded', () => {
  it('images keep their shape, and lie somewhere on zeros', () => {
    const [height, width] = [12, 16];
    const sides = new Set<number>();
    for (let draw = 0; draw < 40; draw++) {
      const mask = values(resizedAndPadded(tf.ones([1, height, width, 1]), seed(draw), always));
      const place = placeOf(mask, height, width);
      // A rectangle of ones, and zeros around it.
      expect(mask.filter((value) => Math.abs(value - 1) < 1e-6)).toHaveLength(place.height * place.width);
      expect(mask.filter((value) => value === 0)).toHaveLength(height * width - place.height * place.width);
      expect(place.height).toBeGreaterThanOrEqual(6);
      expect(place.height).toBeLessThan(12);
      expect(place.width).toBeLessThan(16);
      sides.add(place.height);
    }
    expect(sides).toEqual(new Set([6, 7, 8, 9, 10, 11]));
  });

  it('are interpolated bilinearly, corners not aligned', () => {
    const size = 8;
    const image = Array.from({ length: size * size }, (_, i) => Math.sin(3 * i) + (i % size));
    for (let draw = 0; draw < 10; draw++) {
      const { top, left, height, width } = placeOf(
        values(resizedAndPadded(tf.ones([1, size, size, 1]), seed(draw), always)),
        ...([size, size] as const),
      );
      const found = values(resizedAndPadded(tf.tensor4d(image, [1, size, size, 1]), seed(draw), always));
      const source = (i: number, side: number) =>
        Math.min(size - 1, Math.max(0, ((i + 0.5) * size) / side - 0.5));
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const [v, u] = [source(y, height), source(x, width)];
          const [y0, x0] = [Math.min(size - 2, Math.floor(v)), Math.min(size - 2, Math.floor(u))];
          const at = (i: number, j: number) => image[i * size + j] as number;
          const upper = at(y0, x0) * (1 - (u - x0)) + at(y0, x0 + 1) * (u - x0);
          const lower = at(y0 + 1, x0) * (1 - (u - x0)) + at(y0 + 1, x0 + 1) * (u - x0);
          const expected = upper * (1 - (v - y0)) + lower * (v - y0);
          expect(found[(top + y) * size + left + x]).toBeCloseTo(expected, 4);
        }
    }
  });

  it('each by itself, as often as asked, and the rest unchanged', () => {
    const [n, size] = [400, 4];
    const images = tf.range(1, 1 + n * size * size, 1, 'float32').reshape([n, size, size, 1]) as tf.Tensor4D;
    const resized = resizedAndPadded(images, seed(1), { smallest: 0.5, probability: 0.25 });
    const unchanged = values(resized.equal(images).all([1, 2, 3])).filter(Boolean).length;
    expect(unchanged).toBeGreaterThan(0.65 * n);
    expect(unchanged).toBeLessThan(0.85 * n);
    const none = resizedAndPadded(images, seed(1), { smallest: 0.5, probability: 0 });
    expect(values(none)).toEqual(values(images));
  });

  it('have a gradient: the transpose of the same weights', () => {
    const shape: [number, number, number, number] = [2, 5, 6, 3];
    const x = tf.randomUniform(shape, 0, 1, 'float32', 1) as tf.Tensor4D;
    const y = tf.randomUniform(shape, 0, 1, 'float32', 2) as tf.Tensor4D;
    const of = (image: tf.Tensor) => resizedAndPadded(image as tf.Tensor4D, seed(5), always);
    // A linear map A: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩.
    const gradient = tf.grad((image) => of(image).mul(y).sum())(x);
    const [left, right] = [of(x).mul(y).sum(), gradient.mul(x).sum()].map((each) => each.dataSync()[0]);
    expect(left).toBeCloseTo(right as number, 3);
  });
});
