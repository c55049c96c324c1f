import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
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
  /** (x, best, value of best, ...given) -> the next x, then the better of x and best, and its value. */
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
  const values = tf.zeros([x.shape[0]]);
  const step = traceFunction(
    (x: tf.Tensor, best: tf.Tensor, bestValue: tf.Tensor, ...given: tf.Tensor[]) => {
      // With ones for the values' own gradients this is the gradient of their sum, and the values come along.
      const { value, grad } = tf.valueAndGrad((z) => objective(z as tf.Tensor4D, ...given))(
        x,
        tf.onesLike(bestValue as tf.Tensor1D),
      );
      const better = value.greater(bestValue);
      return [
        move(x as tf.Tensor4D, grad as tf.Tensor4D, ...given),
        tf.where(better.reshape([-1, 1, 1, 1]), x, best),
        tf.where(better, value, bestValue),
      ];
    },
    [x, x, values, ...given],
    { variables, precision },
  );
  const evaluate = traceFunction(
    (x: tf.Tensor, ...given: tf.Tensor[]) => objective(x as tf.Tensor4D, ...given),
    [x, ...given],
    { variables },
  );
  values.dispose();
  const dispose = () => {
    step.dispose();
    evaluate.dispose();
  };
  return { step: step as Ascent['step'], evaluate: evaluate as Ascent['evaluate'], dispose };
}

export interface AscentResult {
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
  ];
  try {
    for (let done = 0; done < steps; done++) {
      signal?.throwIfAborted();
      const next = await step.async(...state, ...given);
      tf.dispose(state);
      state = next;
      onStep?.({ done: done + 1, total: steps });
    }
    const [last, best] = state as [tf.Tensor4D, tf.Tensor4D];
    const judged = async (x: tf.Tensor4D) => ({ x: x.clone(), value: await evaluate.async(x, ...given) });
    if (!keepBest) return await judged(last);
    // Lower precision may have misjudged: the candidates are compared once more, the start among them.
    return [await judged(last), await judged(best)].reduce(better, await judged(start));
  } finally {
    tf.dispose(state);
  }
}

/** Each example's better one; frees both. */
function better(a: AscentResult, b: AscentResult): AscentResult {
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
