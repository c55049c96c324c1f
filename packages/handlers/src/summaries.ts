import type { Proportion } from '@toogit/catalogue';
import { wilsonInterval } from '@toogit/core';

export const mean = (values: ArrayLike<number> & Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** How many of n, with the 95 % interval. */
export function proportion(count: number, n: number): Proportion {
  return { n, count, value: count / n, ci95: wilsonInterval(count, n) };
}

/** Null of nothing. */
export const proportionOrNull = (count: number, n: number): Proportion | null =>
  n === 0 ? null : proportion(count, n);

export const maximum = (values: ArrayLike<number> & Iterable<number>): number => {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
};
