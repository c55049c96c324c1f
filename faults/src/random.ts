import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Random numbers that follow from the seed alone. */
export type Random = RandomGenerator;

export function randomFrom(seed: number): Random {
  return mersenne(seed);
}

/** Uniform in [0, 1). */
export function fraction(random: Random): number {
  return uniformFloat64(random);
}

/** A whole number, uniform in [0, end). */
export function below(random: Random, end: number): number {
  return uniformInt(random, 0, end - 1);
}

export function oneOf<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0) throw new Error('nothing to choose from');
  return items[below(random, items.length)] as T;
}
