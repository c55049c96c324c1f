import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { logOddsAgainst } from '../ops/log-odds.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { deriveSeed, type Seed } from '../random/derive-seed.js';
import { permutation } from '../random/permutation.js';
import type { DeviceDataset } from '../training/device-dataset.js';
import { type AttackRunOptions, runLoop, type TracedLoop, traceLoop } from './attack-loop.js';
import { readCounts } from './checked-gradient.js';
import { sumOfLosses } from './loss-terms.js';
import { pgdRule } from './step-rules/pgd.js';

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
  options: AttackRunOptions = {},
): Promise<UniversalPerturbation> {
  const batchSize = Math.min(params.batchSize, dataset.size);
  const start = tf.zeros([1, ...dataset.imageShape]) as tf.Tensor4D;
  const loop = traceUniversal(classifier, dataset, { ...params, batchSize }, start);
  try {
    const { x: delta, counts } = await runLoop(loop, start, {
      ...options,
      steps: params.steps,
      inputsOf: (step) => {
        const indices = tf.tensor1d(minibatch(dataset.size, batchSize, step, seed), 'int32');
        return { inputs: [indices], made: [indices] };
      },
    });
    const { zeroGradients, nonFiniteGradients } = readCounts(counts);
    counts.dispose();
    const [zero, nonFinite] = [zeroGradients[0] as number, nonFiniteGradients[0] as number];
    return { delta, zeroGradients: zero, nonFiniteGradients: nonFinite };
  } finally {
    start.dispose();
    loop.dispose();
  }
}

/** Its iterates are δ; the images of a minibatch come by their indices. */
function traceUniversal(
  classifier: Classifier,
  dataset: DeviceDataset,
  { norm, epsilon, stepSize, batchSize, target, precision = 'float32' }: UniversalPerturbationParams,
  start: tf.Tensor4D,
): TracedLoop {
  const set = perturbationSets[norm](epsilon);
  const indices = tf.zeros([batchSize], 'int32');
  const gradientAt = (delta: tf.Tensor4D, indices: tf.Tensor1D) => {
    const images = dataset.images(indices);
    const labels = tf.fill([batchSize], target, 'int32') as tf.Tensor1D;
    return tf.grad((delta) => {
      const moved = images.add(delta).clipByValue(0, 1) as tf.Tensor4D;
      const logOdds = logOddsAgainst(classifier.forward(moved), labels);
      return sumOfLosses(logOdds.reshape([batchSize, 1]), new Array<number>(batchSize).fill(-1));
    })(delta) as tf.Tensor4D;
  };
  const loop = traceLoop(
    {
      objective: (delta, indices) => ({ gradient: gradientAt(delta, indices as tf.Tensor1D) }),
      rule: pgdRule(set, { stepSize }),
      project: (delta) => set.projectPerturbation(delta),
    },
    { variables: classifier.variables, precision, keepBest: false },
    start,
    [indices],
  );
  indices.dispose();
  return loop;
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
