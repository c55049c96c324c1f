import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import { deriveSeed } from './derive-seed.js';
import { generator } from './generator.js';
import { permutation } from './permutation.js';
import { randomBelow, randomNormal, randomUniform, seedTensor } from './stateless.js';

beforeAll(async () => {
  await startTestEngine();
});

function tally(counts: Int32Array, bin: number): void {
  counts[bin] = (counts[bin] as number) + 1;
}

describe('deriveSeed', () => {
  it('is fixed for ever', () => {
    expect(deriveSeed(7, 'block', 3)).toEqual(deriveSeed(7, 'block', 3));
    expect(deriveSeed(0)).toEqual([-792944367, -127762121]);
  });

  it('tells labels apart that read alike', () => {
    const seeds = [
      deriveSeed(1, 'a', 'b'),
      deriveSeed(1, 'ab'),
      deriveSeed(1, 'a', 1),
      deriveSeed(1, 'a', '1'),
      deriveSeed(2, 'ab'),
    ];
    expect(new Set(seeds.map(String)).size).toBe(seeds.length);
  });
});

describe('generator', () => {
  it('is uniform below a bound and normal where asked', () => {
    const { below, normal } = generator([1, 2]);
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) tally(counts, below(7));
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    const draws = Float64Array.from({ length: 50_000 }, normal);
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });
});

describe('permutation', () => {
  it('holds every index once, and follows from the seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (n, seed) => {
        const order = permutation(n, [seed, 1]);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(order).toEqual(permutation(n, [seed, 1]));
      }),
      { numRuns: 50 },
    );
  });

  it('puts every element everywhere equally often', () => {
    const counts = new Int32Array(5);
    for (let i = 0; i < 5000; i++) tally(counts, permutation(5, [i, 9]).indexOf(0));
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('stateless draws', () => {
  it('have the moments of their distributions', () => {
    const seed = seedTensor([1, 2]);
    const moments = (x: tf.Tensor): number[] => {
      const { mean, variance } = tf.moments(x.toFloat());
      return [mean.arraySync() as number, variance.arraySync() as number];
    };
    const near = (actual: number[], expected: number[]) =>
      actual.forEach((value, i) => void expect(Math.abs(value - (expected[i] as number))).toBeLessThan(0.03));
    near(moments(randomNormal([20_000], seed)), [0, 1]);
    near(moments(randomUniform([20_000], seed)), [0.5, 1 / 12]);
    near(moments(randomBelow(3, [20_000], seed)), [1, 2 / 3]);
  });

  it('follow a seed that is an input of a traced function', () => {
    const draw = traceFunction((seed: tf.Tensor1D) => randomNormal([8], seed), [seedTensor([0, 0])]);
    const first = draw(seedTensor([1, 1])).dataSync();
    expect(draw(seedTensor([1, 2])).dataSync()).not.toEqual(first);
    expect(draw(seedTensor([1, 1])).dataSync()).toEqual(first);
    expect(randomNormal([8], seedTensor([1, 1])).dataSync()).toEqual(first);
    draw.dispose();
  });
});
