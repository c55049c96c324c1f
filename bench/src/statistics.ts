export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/** The smallest value that so large a fraction of all does not exceed. */
export function quantile(values: number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return at(sorted, Math.max(0, Math.ceil(fraction * sorted.length) - 1));
}

/** Smallest and largest. */
export const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];

const at = (values: number[], index: number) => values[index] as number;
