import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import {
  type AttackRunOptions,
  type LoopOptions,
  runLoop,
  type TracedLoop,
  traceLoop,
} from './attack-loop.js';
import { type GradientCounts, readCounts } from './checked-gradient.js';
import type { StepRule } from './step-rules/step-rule.js';

/** What an ascent makes as large as it can, and how it moves. `given` are tensors that stay the same over its steps. */
export interface AscentProblem extends LoopOptions {
  /** Values of all examples, [n], differentiable in x; an example's own value must not depend on the others. */
  values(x: tf.Tensor4D, ...given: tf.Tensor[]): tf.Tensor1D;
  rule: StepRule;
  project(x: tf.Tensor4D, ...given: tf.Tensor[]): tf.Tensor4D;
}

/** A loop, and its objective on its own, [n] in float32 whatever the precision of the steps. */
export interface Ascent {
  loop: TracedLoop;
  evaluate: TracedFunction<tf.Tensor1D>;
  dispose(): void;
}

export function traceAscent(problem: AscentProblem, x: tf.Tensor4D, given: tf.Tensor[]): Ascent {
  const { values, rule, project, ...options } = problem;
  const loop = traceLoop(
    {
      objective: (x, ...given) => {
        // With ones for the values' own gradients this is the gradient of their sum, and the values come along.
        const { value, grad } = tf.valueAndGrad((z) => values(z as tf.Tensor4D, ...given))(
          x,
          tf.ones([x.shape[0]]),
        );
        return { gradient: grad as tf.Tensor4D, values: value };
      },
      rule,
      project,
    },
    options,
    x,
    given,
  );
  const evaluate = traceFunction(
    (x: tf.Tensor, ...given: tf.Tensor[]) => values(x as tf.Tensor4D, ...given),
    [x, ...given],
    { variables: options.variables },
  ) as Ascent['evaluate'];
  const dispose = () => {
    loop.dispose();
    evaluate.dispose();
  };
  return { loop, evaluate, dispose };
}

interface Point {
  x: tf.Tensor4D;
  /** The objective there, [n], computed in float32. */
  value: tf.Tensor1D;
}

export interface AscentResult extends GradientCounts, Point {}

/** @returns each example's best among start and all iterates if the loop keeps it, else the last iterate; new tensors */
export async function ascend(
  { loop, evaluate }: Ascent,
  start: tf.Tensor4D,
  given: tf.Tensor[],
  options: AttackRunOptions & { steps: number },
): Promise<AscentResult> {
  const found = await runLoop(loop, start, { ...options, inputsOf: () => ({ inputs: given }) });
  const { x: last, best, counts } = found;
  const judged = async (x: tf.Tensor4D) => ({ x: x.clone(), value: await evaluate.async(x, ...given) });
  try {
    // Lower precision may have misjudged: the candidates are compared once more, the start among them.
    const chosen = best
      ? [await judged(last), await judged(best)].reduce(better, await judged(start))
      : await judged(last);
    return { ...chosen, ...readCounts(counts) };
  } finally {
    tf.dispose([last, counts, ...(best ? [best] : [])]);
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
