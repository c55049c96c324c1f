import { tf } from '../backend/tf.js';
import { deriveSeed, type Seed } from '../random/derive-seed.js';
import { generator } from '../random/generator.js';
import { randomUniform, seedTensor } from '../random/stateless.js';

/** Where inversion may begin without any image: `noise` is uniform over [0,1], pixel by pixel. */
export function inversionStart(
  _kind: 'noise',
  shape: [n: number, height: number, width: number, channels: number],
  seed: number | Seed,
): tf.Tensor4D {
  return tf.tidy(() => randomUniform(shape, seedTensor(deriveSeed(seed, 'noise'))) as tf.Tensor4D);
}

/**
 * For each example of a block another one to begin at, uniform over the rest of the data set.
 * @param size examples in the data set, at least 2
 * @param n examples in the block
 * @param start index of the block's first example
 * @returns indices in 0..size-1, int32 [n]: each a function of its example's index and the seed alone, however blocks are cut
 */
export function otherImages(size: number, n: number, start: number, seed: number | Seed): Int32Array {
  return Int32Array.from({ length: n }, (_, position) => {
    const example = start + position;
    const other = generator(deriveSeed(seed, 'other', example)).below(size - 1);
    return other < example ? other : other + 1;
  });
}
