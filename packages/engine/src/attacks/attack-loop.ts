import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import { checkedGradient, noCounts, noGradient } from './checked-gradient.js';
import type { StepRule } from './step-rules/step-rule.js';

/**
 * One step of any attack: up the gradient of an objective by a rule, and back into a perturbation set. `inputs` are tensors
 * that the attack gives to each step: labels, a center, a seed.
 */
export interface AttackStep {
  /**
   * The gradient at x, and where iterates are compared the objective's values [n] and success [n]. An example's own depend on
   * it alone.
   */
  objective(x: tf.Tensor4D, ...inputs: tf.Tensor[]): Evaluation;
  rule: StepRule;
  project(x: tf.Tensor4D, ...inputs: tf.Tensor[]): tf.Tensor4D;
  /** The step's seed among the inputs, for rules that draw. */
  seedOf?(...inputs: tf.Tensor[]): tf.Tensor1D;
}

export interface Evaluation {
  /** Left out where the rule needs none. */
  gradient?: tf.Tensor4D;
  values?: tf.Tensor1D;
  success?: tf.Tensor1D;
}

export interface LoopOptions {
  variables: readonly tf.Variable[];
  precision: Precision;
  /** Each example's best iterate, the start among them, by the objective's values as the step computes them. */
  keepBest: boolean;
}

export interface AttackRunOptions {
  /** Aborting rejects between two steps with the signal's reason. */
  signal?: AbortSignal;
  /** Called after every step; `done` of `total` steps over all restarts. */
  onStep?: (progress: { done: number; total: number }) => void;
}

/** A step as one TensorFlow function, for batches of one size: (...state, ...inputs) -> the next state. */
export interface TracedLoop {
  rule: StepRule;
  keepBest: boolean;
  step: TracedFunction<tf.Tensor[]>;
  dispose(): void;
}

/** The state of a loop: x and counts of steps without a gradient, then the best x and its value if kept, then the rule's. */
const startOf = (x: tf.Tensor4D, rule: StepRule, keepBest: boolean): tf.Tensor[] => [
  x.clone(),
  noCounts(x.shape[0]),
  ...(keepBest ? [x.clone(), tf.fill([x.shape[0]], Number.NEGATIVE_INFINITY)] : []),
  ...rule.start(x),
];

/** @param x of the shape that the loop is for, as are the `inputs` */
export function traceLoop(
  { objective, rule, project, seedOf }: AttackStep,
  { variables, precision, keepBest }: LoopOptions,
  x: tf.Tensor4D,
  inputs: tf.Tensor[],
): TracedLoop {
  const start = startOf(x, rule, keepBest);
  const step = traceFunction(
    (...given: tf.Tensor[]) => {
      const [state, inputs] = [given.slice(0, start.length), given.slice(start.length)];
      const [x, counts, ...rest] = state as [tf.Tensor4D, tf.Tensor2D, ...tf.Tensor[]];
      const [best, ruleState] = keepBest ? [rest.slice(0, 2), rest.slice(2)] : [[], rest];
      const at = objective(rule.lookAt?.(x, ruleState) ?? x, ...inputs);
      const { values = null, success = null } = at;
      const checked = at.gradient ? checkedGradient(at.gradient) : noGradient(x);
      const inSet = (x: tf.Tensor4D) => project(x, ...inputs);
      const { gradient } = checked;
      const seed = seedOf?.(...inputs) ?? null;
      const moved = rule.move({ x, gradient, values, success, project: inSet, seed }, ruleState);
      return [
        inSet(moved.x),
        counts.add(checked.counts),
        ...(keepBest && values !== null ? better(x, values, best) : []),
        ...moved.state,
      ];
    },
    [...start, ...inputs],
    { variables, precision },
  );
  tf.dispose(start);
  return { rule, keepBest, step: step as TracedLoop['step'], dispose: () => step.dispose() };
}

function better(x: tf.Tensor, values: tf.Tensor1D, [best, bestValues]: tf.Tensor[]): tf.Tensor[] {
  const wins = values.greater(bestValues as tf.Tensor);
  return [
    tf.where(wins.reshape([-1, 1, 1, 1]), x, best as tf.Tensor),
    tf.where(wins, values, bestValues as tf.Tensor),
  ];
}

export interface LoopRun extends AttackRunOptions {
  steps: number;
  /** Those of a step; what of them is `made` for it is disposed of afterwards. */
  inputsOf(step: number): { inputs: tf.Tensor[]; made?: tf.Tensor[] };
  /** Called with each iterate, which stays the loop's. */
  onIterate?: (x: tf.Tensor4D, step: number) => Promise<void>;
}

export interface LoopResult {
  /** The last iterate. */
  x: tf.Tensor4D;
  /** Of the iterates before the last, the one that the loop keeps or the rule prefers. */
  best: tf.Tensor4D | null;
  /** float32 [2,n] as of `checkedGradient`. */
  counts: tf.Tensor2D;
}

/** Runs the steps from `start`, which stays the caller's. @returns new tensors */
export async function runLoop(
  { rule, keepBest, step: traced }: TracedLoop,
  start: tf.Tensor4D,
  { steps, inputsOf, onIterate, signal, onStep }: LoopRun,
): Promise<LoopResult> {
  let state = startOf(start, rule, keepBest);
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const { inputs, made = [] } = inputsOf(step);
      try {
        const next = await traced.async(...state, ...inputs);
        tf.dispose(state);
        state = next;
      } finally {
        tf.dispose(made);
      }
      await onIterate?.(state[0] as tf.Tensor4D, step);
      onStep?.({ done: step + 1, total: steps });
    }
    const [x, counts, ...rest] = state as [tf.Tensor4D, tf.Tensor2D, ...tf.Tensor4D[]];
    const { result } = rule;
    const preferred = result ? tf.tidy(() => result(rest)) : null;
    const best = keepBest ? (rest[0] as tf.Tensor4D).clone() : preferred;
    return { x: x.clone(), counts: counts.clone(), best };
  } finally {
    tf.dispose(state);
  }
}

/**
 * The same steps one after another, to be called within a traced step, for a loop whose gradients need no count.
 * @returns the last iterate
 */
export function unrolledLoop(
  { objective, rule, project }: AttackStep,
  start: tf.Tensor4D,
  steps: number,
  inputs: tf.Tensor[],
): tf.Tensor4D {
  let [x, state] = [start, rule.start(start)];
  for (let step = 0; step < steps; step++) {
    const [next, ...nextState] = tf.tidy(() => {
      const at = objective(rule.lookAt?.(x, state) ?? x, ...inputs);
      const { gradient = tf.zerosLike(x), values = null, success = null } = at;
      const inSet = (x: tf.Tensor4D) => project(x, ...inputs);
      const moved = rule.move({ x, gradient, values, success, project: inSet, seed: null }, state);
      return [inSet(moved.x), ...moved.state];
    });
    x = next as tf.Tensor4D;
    state = nextState;
  }
  return x;
}
