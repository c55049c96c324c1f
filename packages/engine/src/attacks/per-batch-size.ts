import type { tf } from '../backend/tf.js';

/** What is traced for one batch size only, made at the first batch of each. */
export class PerBatchSize<T> {
  readonly #made = new Map<number, T>();

  constructor(
    private readonly make: (x: tf.Tensor4D) => T,
    private readonly discard: (made: T) => void,
  ) {}

  for(x: tf.Tensor4D): T {
    const found = this.#made.get(x.shape[0]) ?? this.make(x);
    this.#made.set(x.shape[0], found);
    return found;
  }

  dispose(): void {
    for (const made of this.#made.values()) this.discard(made);
    this.#made.clear();
  }
}
