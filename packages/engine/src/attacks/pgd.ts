import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { deriveSeed, type Seed } from '../random/derive-seed.js';
import { seedTensor } from '../random/stateless.js';
import { BestCandidates, type Judge, traceJudge } from './best-candidates.js';
import { type GradientStep, traceGradientStep } from './gradient-step.js';

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
  /** Gradients averaged over so many flipped and cropped copies (expectation over augmentation); 1 is plain PGD. */
  gradientSamples: number;
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

export interface Attack {
  readonly params: PgdParams;
  /**
   * @param x float32 [n,h,w,c] in [0,1]
   * @param labels int32 [n]: where to if targeted, else the true classes
   * @returns adversarial examples, a new tensor of x's shape: function of x, labels and seed alone
   */
  run(
    x: tf.Tensor4D,
    labels: tf.Tensor1D,
    seed: number | Seed,
    options?: PgdRunOptions,
  ): Promise<tf.Tensor4D>;
  dispose(): void;
}

/** PGD ready for many blocks: a step is one traced function, made at the first block of each batch size. */
export function createAttack(classifier: Classifier, params: PgdParams): Attack {
  const set = perturbationSets[params.norm](params.epsilon);
  const traced = new Map<number, TracedFunctions>();
  const tracedFor = (x: tf.Tensor4D, labels: tf.Tensor1D): TracedFunctions => {
    const found = traced.get(x.shape[0]) ?? {
      step: traceGradientStep(classifier, set, params, x, labels),
      judge: choosing(params) ? traceJudge(classifier, params.targeted, x, labels) : null,
    };
    traced.set(x.shape[0], found);
    return found;
  };
  return {
    params,
    run: (x, labels, seed, options = {}) =>
      descend({ ...tracedFor(x, labels), set, params }, x, labels, seed, options),
    dispose: () => {
      for (const { step, judge } of traced.values()) {
        step.dispose();
        judge?.dispose();
      }
      traced.clear();
    },
  };
}

/** One attack of one batch. For many batches, keep one `createAttack`. */
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
    return await attack.run(x, labels, seed, options);
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
  labels: tf.Tensor1D,
  seed: number | Seed,
  { signal, onStep }: PgdRunOptions,
): Promise<tf.Tensor4D> {
  const { restarts, steps, keepBest } = params;
  const candidates = judge && new BestCandidates(judge, labels);
  let x = center.clone();
  try {
    for (let restart = 0; restart < restarts; restart++) {
      x.dispose();
      x = startingPoint(set, params, center, deriveSeed(seed, 'start', restart));
      for (let step = 0; step < steps; step++) {
        signal?.throwIfAborted();
        const stepSeed = seedTensor(deriveSeed(seed, 'step', restart, step));
        const next = await gradientStep.async(x, center, labels, stepSeed);
        tf.dispose([x, stepSeed]);
        x = next;
        if (keepBest || step === steps - 1) await candidates?.offer(x);
        onStep?.({ done: restart * steps + step + 1, total: restarts * steps });
      }
    }
    return candidates?.best() ?? x.clone();
  } finally {
    x.dispose();
    candidates?.dispose();
  }
}

function startingPoint(set: PerturbationSet, { randomStart }: PgdParams, center: tf.Tensor4D, seed: Seed) {
  return randomStart ? tf.tidy(() => set.randomPoint(center, seedTensor(seed))) : center.clone();
}
