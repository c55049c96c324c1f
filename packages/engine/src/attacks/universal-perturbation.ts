import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import { type TracedFunction, traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import { logOddsAgainst } from '../ops/log-odds.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { deriveSeed, type Seed } from '../random/derive-seed.js';
import { permutation } from '../random/permutation.js';
import type { DeviceDataset } from '../training/device-dataset.js';
import { checkedGradient, noCounts, readCounts } from './checked-gradient.js';
import { sumOfLosses } from './loss-terms.js';
import type { PgdRunOptions } from './pgd.js';

/** One perturbation for all images (Moosavi-Dezfooli et al. 2017), toward one class, by PGD over minibatches. */
export interface UniversalPerturbationParams {
  norm: Norm;
  /** Radius of the ball around 0, in [0,1] pixel units. */
  epsilon: number;
  /** Length of a step in the same norm. */
  stepSize: number;
  /** One minibatch each, through the data set in a random order, a new one every time. */
  steps: number;
  /** At most the size of the data set. A minibatch may hold the end of one order and the beginning of the next. */
  batchSize: number;
  /** The class that every image is moved toward. */
  target: number;
  /** Of convolutions and matrix products; float32 unless given. */
  precision?: Precision;
}

export interface UniversalPerturbation {
  /** δ, [1,h,w,c], within the ball. */
  delta: tf.Tensor4D;
  /** Steps at which its gradient was zero, or not finite: δ stayed where it was. */
  zeroGradients: number;
  nonFiniteGradients: number;
}

/**
 * Minimises the mean cross-entropy of clip(x + δ, 0, 1) and the target over the data set.
 * @returns a function of all that is given alone
 */
export async function universalPerturbation(
  classifier: Classifier,
  dataset: DeviceDataset,
  params: UniversalPerturbationParams,
  seed: number | Seed,
  { signal, onStep }: PgdRunOptions = {},
): Promise<UniversalPerturbation> {
  const batchSize = Math.min(params.batchSize, dataset.size);
  const step = traceUniversalStep(classifier, dataset, { ...params, batchSize });
  let delta = tf.zeros([1, ...dataset.imageShape]) as tf.Tensor4D;
  let counts = noCounts(1);
  try {
    for (let done = 0; done < params.steps; done++) {
      signal?.throwIfAborted();
      const indices = tf.tensor1d(minibatch(dataset.size, batchSize, done, seed), 'int32');
      const next = await step.async(delta, counts, indices);
      tf.dispose([delta, counts, indices]);
      [delta, counts] = next;
      onStep?.({ done: done + 1, total: params.steps });
    }
    const { zeroGradients, nonFiniteGradients } = readCounts(counts);
    return {
      delta: delta.clone(),
      zeroGradients: zeroGradients[0] as number,
      nonFiniteGradients: nonFiniteGradients[0] as number,
    };
  } finally {
    tf.dispose([delta, counts]);
    step.dispose();
  }
}

function traceUniversalStep(
  classifier: Classifier,
  dataset: DeviceDataset,
  { norm, epsilon, stepSize, batchSize, target, precision = 'float32' }: UniversalPerturbationParams,
): TracedFunction<[tf.Tensor4D, tf.Tensor2D], [tf.Tensor4D, tf.Tensor2D, tf.Tensor1D]> {
  const set = perturbationSets[norm](epsilon);
  const examples = [
    tf.zeros([1, ...dataset.imageShape]) as tf.Tensor4D,
    noCounts(1),
    tf.zeros([batchSize], 'int32') as tf.Tensor1D,
  ] as const;
  const step = traceFunction(
    (delta: tf.Tensor4D, counts: tf.Tensor2D, indices: tf.Tensor1D): [tf.Tensor4D, tf.Tensor2D] => {
      const images = dataset.images(indices);
      const labels = tf.fill([batchSize], target, 'int32') as tf.Tensor1D;
      const gradient = tf.grad((delta) => {
        const moved = images.add(delta).clipByValue(0, 1) as tf.Tensor4D;
        const logOdds = logOddsAgainst(classifier.forward(moved), labels);
        return sumOfLosses(logOdds.reshape([batchSize, 1]), new Array<number>(batchSize).fill(-1));
      })(delta) as tf.Tensor4D;
      const checked = checkedGradient(gradient);
      const next = set.projectPerturbation(delta.add(set.steepestStep(checked.gradient, stepSize)));
      return [next, counts.add(checked.counts)];
    },
    examples,
    { variables: classifier.variables, precision },
  );
  tf.dispose([...examples]);
  return step;
}

/** The step's part of all orders, one after another: every example comes up equally often. */
function minibatch(size: number, batchSize: number, step: number, seed: number | Seed): Int32Array {
  const orderOf = (round: number) => permutation(size, deriveSeed(seed, 'order', round));
  const round = Math.floor((step * batchSize) / size);
  const start = (step * batchSize) % size;
  const rest = start + batchSize - size;
  const own = orderOf(round).slice(start, start + batchSize);
  return rest <= 0 ? own : Int32Array.from([...own, ...orderOf(round + 1).subarray(0, rest)]);
}
