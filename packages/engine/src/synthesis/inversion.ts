import { type Ascent, ascend, traceAscent } from '../attacks/ascent.js';
import type { AttackRunOptions } from '../attacks/attack-loop.js';
import type { GradientCounts } from '../attacks/checked-gradient.js';
import { PerBatchSize } from '../attacks/per-batch-size.js';
import { pgdRule } from '../attacks/step-rules/pgd.js';
import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import { perturbationSets } from '../perturbation-sets/registry.js';

/**
 * Representation inversion, by which Ilyas et al. 2019 make D_R and D_NR: from an unrelated start, find the x_r whose
 * features match x's: minimise ‖g(x) - g(x_r)‖₂ / ‖g(x)‖₂ by normalised gradient descent over [0,1], without any
 * other constraint. g is the penultimate layer.
 */
export interface InversionParams {
  /** L2 length of each example's step, in [0,1] pixel units. */
  stepSize: number;
  steps: number;
  /** Each example's best among start and all iterates instead of the last; costs nothing to speak of. */
  keepBest?: boolean;
  /** Of the descent's convolutions and matrix products; float32 unless given. Distances are computed in float32. */
  precision?: Precision;
}

export interface InversionResult extends GradientCounts {
  /** [n,h,w,c] in [0,1] */
  images: tf.Tensor4D;
  /** ‖g(x) - g(images)‖₂ / ‖g(x)‖₂ of each example, [n] */
  distance: tf.Tensor1D;
}

export interface Inversion {
  readonly params: InversionParams;
  /**
   * @param x float32 [n,h,w,c] in [0,1]: whose features are wanted
   * @param start of the same shape: where the descent begins
   * @returns new tensors; each example's result depends on its own x and start alone
   */
  run(x: tf.Tensor4D, start: tf.Tensor4D, options?: AttackRunOptions): Promise<InversionResult>;
  dispose(): void;
}

/** Inversion ready for many blocks: a step is one traced function, made at the first block of each batch size. */
export function createInversion(classifier: Classifier, params: InversionParams): Inversion {
  const traced = new PerBatchSize<Traced>(
    (x) => traceInversion(classifier, params, x),
    ({ features, descent }) => {
      features.dispose();
      descent.dispose();
    },
  );
  return {
    params,
    run: async (x, start, options = {}) => {
      const { features, descent } = traced.for(x);
      const wanted = await features.async(x);
      try {
        const found = await ascend(descent, start, [wanted], { ...options, steps: params.steps });
        const { x: images, value, ...counts } = found;
        const distance = tf.tidy(() => value.neg().sqrt() as tf.Tensor1D);
        value.dispose();
        return { images, distance, ...counts };
      } finally {
        wanted.dispose();
      }
    },
    dispose: () => traced.dispose(),
  };
}

interface Traced {
  features: TracedFunction<tf.Tensor2D, [tf.Tensor4D]>;
  descent: Ascent;
}

function traceInversion(
  classifier: Classifier,
  { stepSize, keepBest = false, precision = 'float32' }: InversionParams,
  x: tf.Tensor4D,
): Traced {
  const { variables } = classifier;
  const features = traceFunction((x: tf.Tensor4D) => classifier.features(x), [x], { variables });
  const example = features(x);
  const descent = traceAscent(
    {
      // Squared: the same direction of descent, and a gradient where the distance is 0.
      values: (x, wanted) => {
        const target = wanted as tf.Tensor;
        // In units of the largest feature, so that no square overflows.
        const unit = tf.maximum(target.abs().max(1, true), 1e-15);
        const apart = classifier.features(x).sub(target).div(unit).square().sum(1);
        return apart.div(tf.maximum(target.div(unit).square().sum(1), 1e-30)).neg() as tf.Tensor1D;
      },
      rule: pgdRule(perturbationSets.l2(Number.POSITIVE_INFINITY), { stepSize }),
      project: (x) => x.clipByValue(0, 1) as tf.Tensor4D,
      variables,
      precision,
      keepBest,
    },
    x,
    [example],
  );
  example.dispose();
  return { features, descent };
}
