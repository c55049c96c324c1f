import type { Seed } from './derive-seed.js';
import { generator } from './generator.js';

/** A uniformly random order of 0..n-1: Fisher and Yates' shuffle. */
export function permutation(n: number, seed: Seed): Int32Array {
  const order = Int32Array.from({ length: n }, (_, index) => index);
  const { below } = generator(seed);
  for (let last = n - 1; last > 0; last--) {
    const other = below(last + 1);
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
