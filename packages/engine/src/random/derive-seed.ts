import { createHash } from 'node:crypto';

/** 64 bits of randomness as two int32, the form TensorFlow's stateless operations take. */
export type Seed = readonly [number, number];

/**
 * The seed of one use of randomness, from the seed of the whole and what it is for: `deriveSeed(7, 'block', 3, 'start')`.
 * Counter-based: nothing is consumed, so the order of work, restarts and other workers change nothing.
 * The first 8 bytes (big-endian) of sha256 over the JSON of [seed, ...labels].
 */
export function deriveSeed(seed: number | Seed, ...labels: (string | number)[]): Seed {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...labels]))
    .digest();
  return [digest.readInt32BE(0), digest.readInt32BE(4)];
}
