import type { Precision } from '../backend/config-proto.js';
import type { tf } from '../backend/tf.js';
import type { Augmentation } from '../ops/augment.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import type { Norm } from '../perturbation-sets/registry.js';
import type { Seed } from '../random/derive-seed.js';
import type { AttackRunOptions } from './attack-loop.js';
import type { GradientCounts } from './checked-gradient.js';
import type { StepRule } from './step-rules/step-rule.js';

/** Projected steps up the cross-entropy, or down it toward targets: PGD (Madry et al. 2018) unless a rule is given. */
export interface AttackParams {
  norm: Norm;
  /** Radius of the perturbation set, in [0,1] pixel units. */
  epsilon: number;
  /** Length of PGD's steps, in the same norm. */
  stepSize: number;
  /** How it moves; by PGD's steps of `stepSize` unless given. */
  rule?: (set: PerturbationSet) => StepRule;
  steps: number;
  /** Toward the labels given, or away from them. */
  targeted: boolean;
  /** Begin at a random point of the perturbation set instead of at x. */
  randomStart: boolean;
  /** Runs from other random points; each example keeps its best: success first, then loss. */
  restarts: number;
  /** Gradients averaged over so many augmented copies (expectation over augmentation); 1 is the plain gradient. */
  gradientSamples: number;
  /** How the copies are made; flipped and cropped unless given. */
  gradientAugmentation?: Augmentation;
  /** Choose among all iterates instead of each run's last; costs a forward pass a step. */
  keepBest?: boolean;
  /** Of convolutions and matrix products in the gradient; float32 unless given. Which iterate is best is judged in float32. */
  precision?: Precision;
}

export interface LabelledRunOptions extends AttackRunOptions {
  /** int32 [n]: what the non-transfer models must go on predicting; needed where there are any. */
  originalLabels?: tf.Tensor1D;
}

export interface AttackResult extends GradientCounts {
  /** Adversarial examples, a new tensor of x's shape: function of x, labels and seed alone. */
  images: tf.Tensor4D;
}

export interface Attack {
  readonly params: AttackParams;
  /**
   * @param x float32 [n,h,w,c] in [0,1]
   * @param labels int32 [n]: where to if targeted, else the true classes
   * @returns adversarial examples, and how many steps, over all restarts, had no gradient to follow
   * @throws ToogitError INTERNAL where there are non-transfer models and originalLabels are missing
   */
  run(
    x: tf.Tensor4D,
    labels: tf.Tensor1D,
    seed: number | Seed,
    options?: LabelledRunOptions,
  ): Promise<AttackResult>;
  dispose(): void;
}
