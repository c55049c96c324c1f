import type { HostTensor } from '@toogit/artifacts';
import { tensorData } from './blocks.js';

/** The feature itself, and what an adversary makes of it. */
export type Response = 'clean' | 'lowest' | 'highest';

/** The names of a response's sum and sum of squares in the part `responses`. */
const tensorNames = {
  clean: ['sum', 'sumSquares'],
  lowest: ['sumLowest', 'sumLowestSquares'],
  highest: ['sumHighest', 'sumHighestSquares'],
} as const satisfies Record<Response, readonly [string, string]>;

const responses = Object.keys(tensorNames) as Response[];

/** Sums and sums of squares of features over examples, by class: [C,F], in double precision until stored. */
export class ClassSums {
  readonly counts: Int32Array;
  readonly #sums: Record<Response, [Float64Array, Float64Array]>;

  /** @param labels of the examples that `add` goes over */
  constructor(
    private readonly labels: Int32Array,
    readonly classes: number,
    readonly features: number,
  ) {
    this.counts = new Int32Array(classes);
    for (const label of labels) this.counts[label] = (this.counts[label] ?? 0) + 1;
    const zeros = (): [Float64Array, Float64Array] => [
      new Float64Array(classes * features),
      new Float64Array(classes * features),
    ];
    this.#sums = { clean: zeros(), lowest: zeros(), highest: zeros() };
  }

  add(feature: number, response: Response, responseOf: (example: number) => number): void {
    const [sum, squares] = this.#sums[response];
    this.labels.forEach((label, example) => {
      const at = label * this.features + feature;
      const value = responseOf(example);
      sum[at] = (sum[at] ?? 0) + value;
      squares[at] = (squares[at] ?? 0) + value ** 2;
    });
  }

  /** Sum over a class's examples, and of the squares. */
  of(response: Response, feature: number, label: number): { sum: number; squares: number } {
    const [sum, squares] = this.#sums[response];
    const at = label * this.features + feature;
    return { sum: sum[at] as number, squares: squares[at] as number };
  }

  tensors(): Record<string, HostTensor> {
    const shape = [this.classes, this.features];
    const float32 = (data: Float64Array): HostTensor => ({
      dtype: 'float32',
      shape,
      data: Float32Array.from(data),
    });
    const named = responses.flatMap((response) => {
      const [[sum, squares], [sumName, squaresName]] = [this.#sums[response], tensorNames[response]];
      return [
        [sumName, float32(sum)],
        [squaresName, float32(squares)],
      ] as const;
    });
    return {
      counts: { dtype: 'int32', shape: [this.classes], data: this.counts },
      ...Object.fromEntries(named),
    };
  }

  /** Blocks together. @throws ARTIFACT_INVALID where a block lacks a tensor */
  static over(blocks: Record<string, HostTensor>[], classes: number, features: number): ClassSums {
    const total = new ClassSums(new Int32Array(), classes, features);
    for (const block of blocks) {
      tensorData(Int32Array, block, 'counts').forEach((count, label) => {
        total.counts[label] = (total.counts[label] ?? 0) + count;
      });
      for (const response of responses) {
        tensorNames[response].forEach((name, which) => {
          const sums = total.#sums[response][which] as Float64Array;
          tensorData(Float32Array, block, name).forEach((value, at) => {
            sums[at] = (sums[at] ?? 0) + value;
          });
        });
      }
    }
    return total;
  }
}
