import { ToogitError } from '@toogit/core';
import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import type { Augmentation } from '../ops/augment.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { deriveSeed, type Seed } from '../random/derive-seed.js';
import { seedTensor } from '../random/stateless.js';
import { BestCandidates, type Judge, traceJudge } from './best-candidates.js';
import { type GradientCounts, noCounts, readCounts } from './checked-gradient.js';
import { type GradientStep, traceGradientStep } from './gradient-step.js';
import { PerBatchSize } from './per-batch-size.js';

/** Projected gradient descent on the cross-entropy (Madry et al. 2018). */
export interface PgdParams {
  norm: Norm;
  /** Radius of the perturbation set, in [0,1] pixel units. */
  epsilon: number;
  /** Length of a step in the same norm. */
  stepSize: number;
  steps: number;
  /** Toward the labels given, or away from them. */
  targeted: boolean;
  /** Begin at a random point of the perturbation set instead of at x. */
  randomStart: boolean;
  /** Runs from other random points; each example keeps its best: success first, then loss. */
  restarts: number;
  /** Gradients averaged over so many augmented copies (expectation over augmentation); 1 is plain PGD. */
  gradientSamples: number;
  /** How the copies are made; flipped and cropped unless given. */
  gradientAugmentation?: Augmentation;
  /** Choose among all iterates instead of each run's last; costs a forward pass a step. */
  keepBest?: boolean;
  /** Of convolutions and matrix products in the gradient; float32 unless given. Which iterate is best is judged in float32. */
  precision?: Precision;
}

export interface PgdRunOptions {
  /** Aborting rejects between two steps with the signal's reason. */
  signal?: AbortSignal;
  /** Called after every step; `done` of `total` steps over all restarts. */
  onStep?: (progress: { done: number; total: number }) => void;
}

export interface AttackRunOptions extends PgdRunOptions {
  /** int32 [n]: what the unmoved models must go on predicting; needed where there are any. */
  originalLabels?: tf.Tensor1D;
}

export interface AttackResult extends GradientCounts {
  /** Adversarial examples, a new tensor of x's shape: function of x, labels and seed alone. */
  images: tf.Tensor4D;
}

export interface Attack {
  readonly params: PgdParams;
  /**
   * @param x float32 [n,h,w,c] in [0,1]
   * @param labels int32 [n]: where to if targeted, else the true classes
   * @returns adversarial examples, and how many steps, over all restarts, had no gradient to follow
   * @throws ToogitError INTERNAL where models must stay unmoved and originalLabels are missing
   */
  run(
    x: tf.Tensor4D,
    labels: tf.Tensor1D,
    seed: number | Seed,
    options?: AttackRunOptions,
  ): Promise<AttackResult>;
  dispose(): void;
}

/**
 * PGD ready for many blocks: a step is one traced function, made at the first block of each batch size.
 * @param unmovedModels must not be fooled along with the classifier: their mean cross-entropy at the original labels is
 * taken from what the attack maximises
 */
export function createAttack(
  classifier: Classifier,
  params: PgdParams,
  unmovedModels: readonly Classifier[] = [],
): Attack {
  const set = perturbationSets[params.norm](params.epsilon);
  const objective = { classifier, targeted: params.targeted, unmovedModels };
  const traced = new PerBatchSize<TracedFunctions>(
    (x) => {
      const labels = tf.zeros([x.shape[0]], 'int32') as tf.Tensor1D;
      const step = traceGradientStep(objective, set, params, x, labels);
      const judge = choosing(params) ? traceJudge(objective, x, labels) : null;
      labels.dispose();
      return { step, judge };
    },
    ({ step, judge }) => {
      step.dispose();
      judge?.dispose();
    },
  );
  return {
    params,
    run: async (x, labels, seed, { originalLabels, ...options } = {}) => {
      if (unmovedModels.length > 0 && !originalLabels) {
        throw new ToogitError('INTERNAL', 'an attack that leaves models unmoved needs the original labels');
      }
      const allLabels = unmovedModels.length > 0 && originalLabels ? [labels, originalLabels] : [labels];
      return descend({ ...traced.for(x), set, params }, x, allLabels, seed, options);
    },
    dispose: () => traced.dispose(),
  };
}

/** The images of one attack of one batch. For many batches, keep one `createAttack`. */
export async function pgd(
  classifier: Classifier,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
  params: PgdParams,
  seed: number | Seed,
  options: PgdRunOptions = {},
): Promise<tf.Tensor4D> {
  const attack = createAttack(classifier, params);
  try {
    return (await attack.run(x, labels, seed, options)).images;
  } finally {
    attack.dispose();
  }
}

interface TracedFunctions {
  step: GradientStep;
  judge: Judge | null;
}

/** Whether there is more than one candidate per example to choose from. */
const choosing = ({ restarts, keepBest }: PgdParams) => restarts > 1 || keepBest === true;

async function descend(
  { step: gradientStep, judge, set, params }: TracedFunctions & { set: PerturbationSet; params: PgdParams },
  center: tf.Tensor4D,
  allLabels: tf.Tensor1D[],
  seed: number | Seed,
  { signal, onStep }: PgdRunOptions,
): Promise<AttackResult> {
  const { restarts, steps, keepBest } = params;
  const candidates = judge && new BestCandidates(judge, allLabels);
  const [labels, ...original] = allLabels as [tf.Tensor1D, ...tf.Tensor1D[]];
  let x = center.clone();
  let counts = noCounts(center.shape[0]);
  try {
    for (let restart = 0; restart < restarts; restart++) {
      x.dispose();
      x = startingPoint(set, params, center, deriveSeed(seed, 'start', restart));
      for (let step = 0; step < steps; step++) {
        signal?.throwIfAborted();
        const stepSeed = seedTensor(deriveSeed(seed, 'step', restart, step));
        const next = await gradientStep.async(x, counts, center, labels, stepSeed, ...original);
        tf.dispose([x, counts, stepSeed]);
        [x, counts] = next;
        if (keepBest || step === steps - 1) await candidates?.offer(x);
        onStep?.({ done: restart * steps + step + 1, total: restarts * steps });
      }
    }
    return { images: candidates?.best() ?? x.clone(), ...readCounts(counts) };
  } finally {
    tf.dispose([x, counts]);
    candidates?.dispose();
  }
}

function startingPoint(set: PerturbationSet, { randomStart }: PgdParams, center: tf.Tensor4D, seed: Seed) {
  return randomStart ? tf.tidy(() => set.randomPoint(center, seedTensor(seed))) : center.clone();
}
