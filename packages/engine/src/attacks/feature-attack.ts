import { ToogitError } from '@toogit/core';
import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { type Ascent, ascend, traceAscent } from './ascent.js';
import type { AttackRunOptions } from './attack-loop.js';
import type { GradientCounts } from './checked-gradient.js';
import { PerBatchSize } from './per-batch-size.js';
import { pgdRule } from './step-rules/pgd.js';

/**
 * PGD on one penultimate feature itself: how low or high an adversary can bring f(x + δ), as the γ-robust usefulness
 * of Ilyas et al. 2019 needs it: E[inf over δ of y·f(x + δ)].
 */
export interface FeatureAttackParams {
  norm: Norm;
  /** Radius of the perturbation set, in [0,1] pixel units. */
  epsilon: number;
  /** Length of a step in the same norm. */
  stepSize: number;
  steps: number;
  /** Of the steps' convolutions and matrix products; float32 unless given. Values returned are computed in float32. */
  precision?: Precision;
}

export interface FeatureExtremes extends GradientCounts {
  /** [n], a new tensor: the most extreme value found over all iterates, f(x) among them, so never inside it. */
  values: tf.Tensor1D;
}

/** Up or down. */
export type Direction = 1 | -1;

export interface FeatureAttack {
  readonly params: FeatureAttackParams;
  /**
   * @param x float32 [n,h,w,c] in [0,1]
   * @param feature index of a penultimate feature, or one for each example: several features of a few images make one
   * batch by repeating the images
   * @param direction 1 for the highest value, -1 for the lowest, or one for each example
   * @throws ToogitError INTERNAL where there is no such feature
   */
  run(
    x: tf.Tensor4D,
    feature: number | Int32Array,
    direction: Direction | Direction[],
    options?: AttackRunOptions,
  ): Promise<FeatureExtremes>;
  /** All penultimate features, [n, features]: a new tensor. */
  features(x: tf.Tensor4D): Promise<tf.Tensor2D>;
  dispose(): void;
}

/** Ready for many blocks and all features: index and direction are inputs of the one function traced per batch size. */
export function createFeatureAttack(classifier: Classifier, params: FeatureAttackParams): FeatureAttack {
  const traced = new PerBatchSize<Traced>(
    (x) => traceFeatureAttack(classifier, params, x),
    ({ features, ascent }) => {
      features.dispose();
      ascent.dispose();
    },
  );
  return {
    params,
    features: (x) => traced.for(x).features.async(x),
    run: async (x, feature, direction, options = {}) => {
      const { ascent, count } = traced.for(x);
      const [index, sign] = [perExample(feature, x), perExample(direction, x)];
      assertFeatures(index, count);
      const given = [tf.tensor1d(index, 'int32'), tf.tensor1d(sign, 'float32')] as const;
      try {
        const {
          x: where,
          value,
          ...counts
        } = await ascend(ascent, x, [x, ...given], {
          ...options,
          steps: params.steps,
        });
        const values = tf.tidy(() => value.mul<tf.Tensor1D>(given[1]));
        tf.dispose([where, value]);
        return { values, ...counts };
      } finally {
        tf.dispose([...given]);
      }
    },
    dispose: () => traced.dispose(),
  };
}

interface Traced {
  features: TracedFunction<tf.Tensor2D, [tf.Tensor4D]>;
  ascent: Ascent;
  /** How many features there are. */
  count: number;
}

function traceFeatureAttack(
  classifier: Classifier,
  { norm, epsilon, stepSize, precision = 'float32' }: FeatureAttackParams,
  x: tf.Tensor4D,
): Traced {
  const set = perturbationSets[norm](epsilon);
  const { variables } = classifier;
  const features = traceFunction((x: tf.Tensor4D) => classifier.features(x), [x], { variables });
  const example = features(x);
  const count = example.shape[1];
  example.dispose();
  const examples = [tf.zeros([x.shape[0]], 'int32'), tf.zeros([x.shape[0]])];
  const ascent = traceAscent(
    {
      values: (x, _center, feature, direction) => {
        const chosen = tf.oneHot(feature as tf.Tensor1D, count).toFloat();
        return classifier
          .features(x)
          .mul(chosen)
          .sum(1)
          .mul<tf.Tensor1D>(direction as tf.Tensor);
      },
      rule: pgdRule(set, { stepSize }),
      project: (x, center) => set.project(x, center as tf.Tensor4D),
      variables,
      precision,
      keepBest: true,
    },
    x,
    [x, ...examples],
  );
  tf.dispose(examples);
  return { features, ascent, count };
}

const perExample = (values: number | ArrayLike<number>, x: tf.Tensor4D): number[] =>
  typeof values === 'number' ? new Array<number>(x.shape[0]).fill(values) : Array.from(values);

function assertFeatures(indices: number[], count: number): void {
  const unknown = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= count);
  if (unknown === undefined) return;
  throw new ToogitError('INTERNAL', `there is no feature ${unknown} among ${count}`);
}
