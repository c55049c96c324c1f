import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import { checkedGradient, type GradientCounts, noCounts, readCounts } from './checked-gradient.js';
import type { PgdRunOptions } from './pgd.js';

/** What an ascent makes as large as it can, and how it moves. `given` are tensors that stay the same over its steps. */
export interface AscentProblem {
  /** Values of all examples, [n], differentiable in x; an example's own value must not depend on the others. */
  objective(x: tf.Tensor4D, ...given: tf.Tensor[]): tf.Tensor1D;
  /** The next x, from the gradient of the objective at x. */
  move(x: tf.Tensor4D, gradient: tf.Tensor4D, ...given: tf.Tensor[]): tf.Tensor4D;
  variables: readonly tf.Variable[];
  /** Of the steps; final values are always computed in float32. */
  precision: Precision;
}

export interface Ascent {
  /** (x, best, value of best, counts, ...given) -> the next x, then the better of x and best, its value, and counts. */
  step: TracedFunction<tf.Tensor[]>;
  /** (x, ...given) -> values [n], in float32. */
  evaluate: TracedFunction<tf.Tensor1D>;
  dispose(): void;
}

export function traceAscent(
  { objective, move, variables, precision }: AscentProblem,
  x: tf.Tensor4D,
  given: tf.Tensor[],
): Ascent {
  const [values, counts] = [tf.zeros([x.shape[0]]), noCounts(x.shape[0])];
  const step = traceFunction(
    (x: tf.Tensor, best: tf.Tensor, bestValue: tf.Tensor, counts: tf.Tensor, ...given: tf.Tensor[]) => {
      // With ones for the values' own gradients this is the gradient of their sum, and the values come along.
      const { value, grad } = tf.valueAndGrad((z) => objective(z as tf.Tensor4D, ...given))(
        x,
        tf.onesLike(bestValue as tf.Tensor1D),
      );
      const better = value.greater(bestValue);
      const checked = checkedGradient(grad as tf.Tensor4D);
      return [
        move(x as tf.Tensor4D, checked.gradient, ...given),
        tf.where(better.reshape([-1, 1, 1, 1]), x, best),
        tf.where(better, value, bestValue),
        counts.add(checked.counts),
      ];
    },
    [x, x, values, counts, ...given],
    { variables, precision },
  );
  const evaluate = traceFunction(
    (x: tf.Tensor, ...given: tf.Tensor[]) => objective(x as tf.Tensor4D, ...given),
    [x, ...given],
    { variables },
  );
  tf.dispose([values, counts]);
  const dispose = () => {
    step.dispose();
    evaluate.dispose();
  };
  return { step: step as Ascent['step'], evaluate: evaluate as Ascent['evaluate'], dispose };
}

export interface AscentResult extends GradientCounts, Point {}

interface Point {
  x: tf.Tensor4D;
  /** The objective there, [n], computed in float32. */
  value: tf.Tensor1D;
}

/** @param keepBest each example's best among start and all iterates, instead of the last iterate */
export async function ascend(
  { step, evaluate }: Ascent,
  start: tf.Tensor4D,
  given: tf.Tensor[],
  { steps, keepBest }: { steps: number; keepBest: boolean },
  { signal, onStep }: PgdRunOptions,
): Promise<AscentResult> {
  let state: tf.Tensor[] = [
    start.clone(),
    start.clone(),
    tf.fill([start.shape[0]], Number.NEGATIVE_INFINITY),
    noCounts(start.shape[0]),
  ];
  try {
    for (let done = 0; done < steps; done++) {
      signal?.throwIfAborted();
      const next = await step.async(...state, ...given);
      tf.dispose(state);
      state = next;
      onStep?.({ done: done + 1, total: steps });
    }
    const [last, best, , counts] = state as [tf.Tensor4D, tf.Tensor4D, tf.Tensor, tf.Tensor2D];
    const judged = async (x: tf.Tensor4D) => ({ x: x.clone(), value: await evaluate.async(x, ...given) });
    // Lower precision may have misjudged: the candidates are compared once more, the start among them.
    const found = keepBest
      ? [await judged(last), await judged(best)].reduce(better, await judged(start))
      : await judged(last);
    return { ...found, ...readCounts(counts) };
  } finally {
    tf.dispose(state);
  }
}

/** Each example's better one; frees both. */
function better(a: Point, b: Point): Point {
  const chosen = tf.tidy(() => {
    const wins = b.value.greater(a.value);
    return {
      x: tf.where(wins.reshape([-1, 1, 1, 1]), b.x, a.x),
      value: tf.where(wins, b.value, a.value) as tf.Tensor1D,
    };
  });
  tf.dispose([a.x, a.value, b.x, b.value]);
  return chosen;
}
