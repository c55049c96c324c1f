import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import { augment } from '../ops/augment.js';
import { crossEntropy } from '../ops/cross-entropy.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { deriveSeed, type Seed } from '../random/derive-seed.js';
import { seedTensor, subSeed } from '../random/stateless.js';

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
  const traced = new Map<number, ReturnType<typeof traceSteps>>();
  const tracedFor = (x: tf.Tensor4D, labels: tf.Tensor1D) => {
    const found = traced.get(x.shape[0]) ?? traceSteps(classifier, set, params, x, labels);
    traced.set(x.shape[0], found);
    return found;
  };
  return {
    params,
    run: (x, labels, seed, options = {}) =>
      descend(tracedFor(x, labels), set, params, x, labels, seed, options),
    dispose: () => {
      for (const functions of traced.values()) functions.dispose();
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

async function descend(
  functions: ReturnType<typeof traceSteps>,
  set: PerturbationSet,
  params: PgdParams,
  center: tf.Tensor4D,
  labels: tf.Tensor1D,
  seed: number | Seed,
  { signal, onStep }: PgdRunOptions,
): Promise<tf.Tensor4D> {
  const best = new BestSoFar(functions.judge, labels);
  const choosing = params.restarts > 1 || params.keepBest === true;
  const total = params.restarts * params.steps;
  let x = center.clone();
  try {
    for (let restart = 0; restart < params.restarts; restart++) {
      x.dispose();
      x = startingPoint(set, params, center, deriveSeed(seed, 'start', restart));
      for (let step = 0; step < params.steps; step++) {
        signal?.throwIfAborted();
        const stepSeed = seedTensor(deriveSeed(seed, 'step', restart, step));
        const next = await functions.step.async(x, center, labels, stepSeed);
        tf.dispose([x, stepSeed]);
        x = next;
        if (choosing && (params.keepBest || step === params.steps - 1)) await best.offer(x);
        onStep?.({ done: restart * params.steps + step + 1, total });
      }
    }
    return choosing ? best.take() : x.clone();
  } finally {
    x.dispose();
    best.dispose();
  }
}

function startingPoint(set: PerturbationSet, { randomStart }: PgdParams, center: tf.Tensor4D, seed: Seed) {
  return randomStart ? tf.tidy(() => set.randomPoint(center, seedTensor(seed))) : center.clone();
}

/** The two hot functions of the attack, each one TensorFlow function. */
function traceSteps(
  classifier: Classifier,
  set: PerturbationSet,
  params: PgdParams,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
) {
  const { targeted, stepSize, gradientSamples } = params;
  const objectives = (logits: tf.Tensor2D, labels: tf.Tensor1D) =>
    targeted ? crossEntropy(logits, labels).neg() : crossEntropy(logits, labels);

  // A sum over examples, not a mean: an example's gradient must not depend on the size of its batch.
  const ascent = (x: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D) =>
    tf.grad((z) => {
      const copies = gradientSamples === 1 ? [z] : augmented(z as tf.Tensor4D, seed, gradientSamples);
      return tf.addN(copies.map((copy) => objectives(classifier.forward(copy as tf.Tensor4D), labels).sum()));
    })(x) as tf.Tensor4D;

  const stepSeed = seedTensor([0, 0]);
  const variables = classifier.variables;
  const step = traceFunction(
    (x: tf.Tensor4D, center: tf.Tensor4D, labels: tf.Tensor1D, seed: tf.Tensor1D) =>
      set.project(x.add(set.steepestStep(ascent(x, labels, seed), stepSize)), center),
    [x, x, labels, stepSeed],
    { variables },
  );
  const judge = traceFunction(
    (x: tf.Tensor4D, labels: tf.Tensor1D) => {
      const logits = classifier.forward(x);
      const hit = logits.argMax(1).equal(labels);
      return [objectives(logits, labels), targeted ? hit : hit.logicalNot()];
    },
    [x, labels],
    { variables },
  );
  stepSeed.dispose();
  return {
    step,
    judge,
    dispose: () => {
      step.dispose();
      judge.dispose();
    },
  };
}

const augmented = (x: tf.Tensor4D, seed: tf.Tensor1D, copies: number) =>
  Array.from({ length: copies }, (_, index) => augment(x, subSeed(seed, 8 * index)));

type Judge = ReturnType<typeof traceSteps>['judge'];

/** Each example's best candidate until now: one that succeeds beats one that doesn't, then the higher objective wins. */
class BestSoFar {
  #kept: { x: tf.Tensor4D; objective: tf.Tensor; success: tf.Tensor } | null = null;

  constructor(
    private readonly judge: Judge,
    private readonly labels: tf.Tensor1D,
  ) {}

  async offer(x: tf.Tensor4D): Promise<void> {
    const [objective, success] = (await this.judge.async(x, this.labels)) as [tf.Tensor, tf.Tensor];
    const offered = { x, objective, success };
    const old = this.#kept;
    this.#kept = tf.tidy(() =>
      old ? better(offered, old) : { x: x.clone(), objective: objective.clone(), success: success.clone() },
    );
    tf.dispose([objective, success]);
    if (old) tf.dispose(old);
  }

  take(): tf.Tensor4D {
    if (!this.#kept) throw new Error('nothing was offered');
    return this.#kept.x.clone();
  }

  dispose(): void {
    if (this.#kept) tf.dispose(this.#kept);
    this.#kept = null;
  }
}

type Candidate = { x: tf.Tensor4D; objective: tf.Tensor; success: tf.Tensor };

function better(offered: Candidate, kept: Candidate): Candidate {
  const higher = offered.success.equal(kept.success).logicalAnd(offered.objective.greater(kept.objective));
  const wins = offered.success.logicalAnd(kept.success.logicalNot()).logicalOr(higher);
  return {
    x: tf.where(wins.reshape([-1, 1, 1, 1]), offered.x, kept.x),
    objective: tf.where(wins, offered.objective, kept.objective),
    success: tf.where(wins, offered.success, kept.success),
  };
}
