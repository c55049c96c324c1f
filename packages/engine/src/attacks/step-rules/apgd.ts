import { tf } from '../../backend/tf.js';
import type { PerturbationSet } from '../../perturbation-sets/perturbation-set.js';
import type { StepPoint, StepRule } from './step-rule.js';

export interface ApgdRule {
  /** Length of the first steps in the set's norm, in [0,1] pixel units; 2 · epsilon in the paper. */
  stepSize: number;
  steps: number;
  /** What it maximises: log-odds, whose order and direction are those of the cross-entropy, or the difference of logits ratio. */
  loss: 'ce' | 'dlr';
}

/** Share of the way to the new point; the rest is the last step once more. */
const newShare = 0.75;
/** Rises of the loss, as a share of the steps since the last checkpoint, below which the step is halved. */
const enoughRises = 0.75;

/**
 * APGD (Croce and Hein 2020, algorithm 1): steps with momentum, whose length is halved at checkpoints where too few of them
 * raised the loss, or the best loss has not changed at the same length; it then goes on from the best point. By example.
 * Checkpoints are those of the authors' code: 22 % of the steps, then 3 % fewer each time, at least 6 %.
 * Its result is the last point that succeeded, else the one of the highest loss; the point after the last step is not among
 * them, since no gradient is taken there.
 */
export function apgdRule(set: PerturbationSet, { stepSize, steps, loss }: ApgdRule): StepRule {
  const windows = checkpoints(steps);
  return {
    loss,
    start: (x) => {
      const [n] = x.shape;
      const lowest = tf.fill([n], Number.NEGATIVE_INFINITY);
      return inOrder({
        step: tf.scalar(0, 'int32'),
        lastX: x.clone(),
        lengths: tf.fill([n, 1, 1, 1], stepSize),
        bestX: x.clone(),
        bestGradient: tf.zerosLike(x),
        bestLoss: lowest,
        // As in the authors' code, the first loss after a step is compared with 0: a cross-entropy has always risen.
        lastLoss: loss === 'ce' ? lowest.clone() : tf.zeros([n]),
        rises: tf.zeros([n]),
        bestAtCheckpoint: lowest.clone(),
        wasHalved: tf.ones([n]),
        succeededAt: x.clone(),
        hasSucceeded: tf.zeros([n]),
      });
    },
    move: (at, state) => {
      const here = observed(byName(state), at);
      const window = tf.gather(tf.tensor1d(windows, 'int32'), here.step);
      const { x, gradient, next } = adapted(here, at, window.toFloat());
      const isFirst = here.step.equal(0);
      const straight = at.project(x.add(set.steepestStep(gradient, 1).mul(next.lengths)) as tf.Tensor4D);
      const withMomentum = at.project(
        x.add(straight.sub(x).mul(newShare)).add(x.sub(here.lastX).mul(1 - newShare)) as tf.Tensor4D,
      );
      return {
        x: tf.where(isFirst, straight, withMomentum) as tf.Tensor4D,
        state: inOrder({ ...next, lastX: x, step: here.step.add(tf.scalar(1, 'int32')) }),
      };
    },
    result: (state) => {
      const { hasSucceeded, succeededAt, bestX } = byName(state);
      return tf.where(perImage(hasSucceeded.greater(0)), succeededAt, bestX) as tf.Tensor4D;
    },
  };
}

/**
 * For each evaluation, in order: the number of steps since the last checkpoint if it is one, else 0. The evaluation of the
 * start is none.
 */
export function checkpoints(steps: number): Int32Array {
  const windows = new Int32Array(steps + 1);
  let window = Math.max(Math.floor(0.22 * steps), 1);
  const [least, fewer] = [Math.max(Math.floor(0.06 * steps), 1), Math.max(Math.floor(0.03 * steps), 1)];
  for (let at = window; at <= steps; at += window) {
    windows[at] = window;
    window = Math.max(window - fewer, least);
  }
  return windows;
}

const names = [
  'step',
  'lastX',
  'lengths',
  'bestX',
  'bestGradient',
  'bestLoss',
  'lastLoss',
  'rises',
  'bestAtCheckpoint',
  'wasHalved',
  'succeededAt',
  'hasSucceeded',
] as const;
type State = Record<(typeof names)[number], tf.Tensor>;

const inOrder = (state: State): tf.Tensor[] => names.map((name) => state[name]);
const byName = (state: tf.Tensor[]): State =>
  Object.fromEntries(names.map((name, i) => [name, state[i]])) as State;
const perImage = (x: tf.Tensor) => x.reshape([-1, 1, 1, 1]);

/** The best point, the count of rises, and the last success, with the point of this step. */
function observed(state: State, { x, gradient, values, success }: StepPoint): State {
  const [loss, succeeds] = [values as tf.Tensor, success as tf.Tensor];
  const isBest = loss.greater(state.bestLoss);
  const isStart = state.step.equal(0);
  return {
    ...state,
    bestX: tf.where(perImage(isBest), x, state.bestX),
    bestGradient: tf.where(perImage(isBest), gradient, state.bestGradient),
    bestLoss: tf.where(isBest, loss, state.bestLoss),
    bestAtCheckpoint: tf.where(isStart, loss, state.bestAtCheckpoint),
    lastLoss: tf.where(isStart, state.lastLoss, loss),
    rises: tf.where(isStart, state.rises, state.rises.add(loss.greater(state.lastLoss).toFloat())),
    succeededAt: tf.where(perImage(succeeds), x, state.succeededAt),
    hasSucceeded: state.hasSucceeded.maximum(succeeds.toFloat()),
  };
}

/** At a checkpoint (`window` above 0): shorter steps from the best point, for the examples that need them. */
function adapted(state: State, { x, gradient }: StepPoint, window: tf.Tensor) {
  const isCheckpoint = window.greater(0);
  const rises = state.rises.lessEqual(window.mul(enoughRises));
  const isStuck = state.wasHalved.equal(0).logicalAnd(state.bestLoss.lessEqual(state.bestAtCheckpoint));
  const halves = rises.logicalOr(isStuck).logicalAnd(isCheckpoint);
  const next: State = {
    ...state,
    lengths: tf.where(perImage(halves), state.lengths.div(2), state.lengths),
    rises: tf.where(isCheckpoint, tf.zerosLike(state.rises), state.rises),
    wasHalved: tf.where(isCheckpoint, halves.toFloat(), state.wasHalved),
    bestAtCheckpoint: tf.where(isCheckpoint, state.bestLoss, state.bestAtCheckpoint),
  };
  return {
    x: tf.where(perImage(halves), state.bestX, x) as tf.Tensor4D,
    gradient: tf.where(perImage(halves), state.bestGradient, gradient) as tf.Tensor4D,
    next,
  };
}
