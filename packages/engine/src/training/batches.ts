/**
 * An epoch cut into the fewest batches of at most `batchSize` examples, as even as can be: sizes differ by one at most,
 * so that every example is seen once and counts the same, and batch norm never meets a rest of a few images.
 */
export interface Batches {
  readonly count: number;
  /** The largest of their sizes. */
  readonly largest: number;
  /** From which example to which one, exclusive. */
  range(batch: number): [from: number, to: number];
}

export function evenBatches(examples: number, batchSize: number): Batches {
  const count = Math.ceil(examples / batchSize);
  const from = (batch: number) => Math.floor((batch * examples) / count);
  return { count, largest: Math.ceil(examples / count), range: (batch) => [from(batch), from(batch + 1)] };
}
