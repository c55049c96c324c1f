import type { Seed } from './derive-seed.js';

/** A sequence of random numbers in JavaScript: the same on every machine and backend. */
export interface Generator {
  /** Uniform over 0..2^32-1. */
  uint32(): number;
  /** Uniform over 0..bound-1, without bias. */
  below(bound: number): number;
  /** Standard normal. */
  normal(): number;
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, passes BigCrush; normals by Box and Muller. */
export function generator(seed: Seed): Generator {
  let [a, b, c, counter] = [seed[0] | 0, seed[1] | 0, 0, 1];
  let spare: number | null = null;

  const uint32 = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32(); // mixes the seed into the whole state

  const below = (bound: number) => {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = uint32();
    while (value >= limit) value = uint32();
    return value % bound;
  };

  const normal = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log((uint32() + 1) / 2 ** 32));
    const angle = 2 * Math.PI * (uint32() / 2 ** 32);
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };

  return { uint32, below, normal };
}
