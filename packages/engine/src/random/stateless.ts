import { attribute, executeOp, hasNativeOps } from '../backend/native-ops.js';
import { tf } from '../backend/tf.js';
import type { Seed } from './derive-seed.js';
import { type Generator, generator } from './generator.js';

/**
 * Random tensors that are functions of a seed tensor (int32 [2]) alone. As the seed is an input, a traced function
 * draws anew for every seed; numbers made in JavaScript would be frozen into it. Native draws are TensorFlow's
 * StatelessRandom* (Philox); without native operations they come from our generator and differ from them.
 */

export const seedTensor = (seed: Seed): tf.Tensor1D => tf.tensor1d([...seed], 'int32');

/** One of many seeds that follow from one, for draws that must differ within one traced function. */
export const subSeed = (seed: tf.Tensor1D, index: number): tf.Tensor1D =>
  seed.add(tf.tensor1d([0, index], 'int32'));

/** Standard normal, float32. */
export function randomNormal(shape: number[], seed: tf.Tensor1D): tf.Tensor {
  if (!hasNativeOps()) return drawn(shape, seed, (random) => random.normal());
  return stateless('StatelessRandomNormal', shape, seed);
}

/** Uniform in [0,1), float32. */
export function randomUniform(shape: number[], seed: tf.Tensor1D): tf.Tensor {
  if (!hasNativeOps()) return drawn(shape, seed, (random) => (random.uint32() >>> 8) / 2 ** 24);
  return stateless('StatelessRandomUniform', shape, seed);
}

/** Uniform over 0..bound-1, int32; bound at most 2^20, where float32 steps bias it by less than a tenth. */
export function randomBelow(bound: number, shape: number[], seed: tf.Tensor1D): tf.Tensor {
  return tf.minimum(randomUniform(shape, seed).mul(bound).floor(), bound - 1).toInt();
}

function stateless(op: string, shape: number[], seed: tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => {
    const attributes = [
      attribute.type('dtype', 'float32'),
      attribute.type('T', 'int32'),
      attribute.type('Tseed', 'int32'),
    ];
    return executeOp(op, attributes, [tf.tensor1d(shape, 'int32'), seed], 1)[0] as tf.Tensor;
  });
}

function drawn(shape: number[], seed: tf.Tensor1D, draw: (random: Generator) => number): tf.Tensor {
  const random = generator(seed.dataSync() as unknown as Seed);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => draw(random)),
    shape,
  );
}
