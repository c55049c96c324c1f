import { tf } from '../../backend/tf.js';
import type { PerturbationSet } from '../../perturbation-sets/perturbation-set.js';
import { randomUniform, subSeed } from '../../random/stateless.js';
import type { StepPoint, StepRule } from './step-rule.js';

export interface SquareRule {
  /** Queries: a candidate is evaluated at each step. */
  steps: number;
  /** Share of an image's pixels in the first squares, in (0,1]; it is halved as the search goes on. */
  firstShare: number;
}

/**
 * Square Attack, L∞ (Andriushchenko et al. 2020, algorithms 1 and 2): random search without gradients. The first candidate has
 * vertical stripes of ±epsilon, each later one a square of the best point so far moved by ±2 epsilon, the sign drawn by channel;
 * it is kept where the margin rose. Draws are each image's own.
 */
export function squareRule(set: PerturbationSet, { steps, firstShare }: SquareRule): StepRule {
  return {
    loss: 'margin',
    start: (x) => [tf.scalar(0, 'int32'), x.clone(), tf.fill([x.shape[0]], Number.NEGATIVE_INFINITY)],
    move: (at, state) => {
      const [step, best, margin] = kept(at, state as [tf.Scalar, tf.Tensor4D, tf.Tensor1D]);
      const seed = at.seed as tf.Tensor1D;
      // Step 0 makes the stripes.
      const sides = tf.tensor1d([0, ...squareSides(steps, firstShare, at.x.shape)], 'int32');
      const first = best.add(stripes(at.x.shape, seed).mul(set.epsilon));
      const moved = best.add(squares(at.x.shape, tf.gather(sides, step), seed).mul(2 * set.epsilon));
      return {
        x: tf.where(step.equal(0), first, moved) as tf.Tensor4D,
        state: [step.add(tf.scalar(1, 'int32')), best, margin],
      };
    },
    result: ([, best]) => (best as tf.Tensor4D).clone(),
  };
}

/** The candidate where its margin is higher. The stripes, which step 1 evaluates, are kept whatever theirs. */
function kept(
  { x, values }: StepPoint,
  [step, best, margin]: [tf.Scalar, tf.Tensor4D, tf.Tensor1D],
): [tf.Scalar, tf.Tensor4D, tf.Tensor1D] {
  const value = values as tf.Tensor1D;
  const wins = value.greater(margin).logicalOr(step.lessEqual(1));
  return [
    step,
    tf.where(wins.reshape([-1, 1, 1, 1]), x, best) as tf.Tensor4D,
    tf.where(wins, value, margin) as tf.Tensor1D,
  ];
}

/**
 * The side of each square in pixels, in order. Its share of the image is halved after 10, 50, 200, 500, 1,000, 2,000, 4,000, 6,000
 * and 8,000 of 10,000 steps, stretched to the number that there are, as in the authors' code.
 */
export function squareSides(
  steps: number,
  firstShare: number,
  [, height, width]: readonly [number, number, number, number],
): Int32Array {
  const halvings = [10, 50, 200, 500, 1_000, 2_000, 4_000, 6_000, 8_000];
  return Int32Array.from({ length: steps + 1 }, (_, step) => {
    const at = Math.floor((10_000 * step) / steps);
    const share = firstShare / 2 ** halvings.filter((halving) => at > halving).length;
    const side = Math.round(Math.sqrt(share * height * width));
    return Math.min(Math.max(side, 1), height, width);
  });
}

type Shape = [number, number, number, number];
const signs = (shape: number[], seed: tf.Tensor1D) =>
  randomUniform(shape, seed).less(0.5).toFloat().mul(2).sub(1);

/** ±1, the same all the way down a column. */
const stripes = ([n, height, width, channels]: Shape, seed: tf.Tensor1D) =>
  signs([n, 1, width, channels], seed).tile([1, height, 1, 1]);

/** ±1 by channel in a square of each image, 0 outside. */
function squares([n, height, width, channels]: Shape, side: tf.Tensor, seed: tf.Tensor1D): tf.Tensor {
  const along = (size: number, index: number) => {
    const first = randomUniform([n, 1], subSeed(seed, index)).mul(tf.scalar(size).sub(side)).floor();
    const position = tf.range(0, size, 1, 'float32').expandDims(0).sub(first);
    return position.greaterEqual(0).logicalAnd(position.less(side)).toFloat();
  };
  const rows = along(height, 1).reshape([n, height, 1, 1]);
  const columns = along(width, 2).reshape([n, 1, width, 1]);
  return rows.mul(columns).mul(signs([n, 1, 1, channels], subSeed(seed, 3)));
}
