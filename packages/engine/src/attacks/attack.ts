import { ToogitError } from '@toogit/core';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import type { PerturbationSet } from '../perturbation-sets/perturbation-set.js';
import { perturbationSets } from '../perturbation-sets/registry.js';
import { deriveSeed, type Seed } from '../random/derive-seed.js';
import { seedTensor } from '../random/stateless.js';
import { type AttackRunOptions, runLoop, type TracedLoop, traceLoop } from './attack-loop.js';
import { type AttackObjective, attackEvaluation, attackGradient, variablesOf } from './attack-objective.js';
import type { Attack, AttackParams, AttackResult } from './attack-params.js';
import { BestCandidates, type Judge, traceJudge } from './best-candidates.js';
import { type GradientCounts, readCounts, sumOfCounts } from './checked-gradient.js';
import { PerBatchSize } from './per-batch-size.js';
import { pgdRule } from './step-rules/pgd.js';

/**
 * An attack ready for many blocks: a step is one traced function, made at the first block of each batch size.
 * @param nonTransferModels must not be fooled along with the classifier: their mean cross-entropy at the original labels is
 * taken from what the attack maximises
 */
export function createAttack(
  classifier: Classifier,
  params: AttackParams,
  nonTransferModels: readonly Classifier[] = [],
): Attack {
  const set = perturbationSets[params.norm](params.epsilon);
  const objective = { classifier, targeted: params.targeted, nonTransferModels };
  const traced = new PerBatchSize<Traced>(
    (x) => traceAttack(objective, set, params, x),
    ({ loop, judge }) => {
      loop.dispose();
      judge?.dispose();
    },
  );
  return {
    params,
    run: async (x, labels, seed, { originalLabels, ...options } = {}) => {
      const original = nonTransferModels.length === 0 ? [] : originalLabels ? [originalLabels] : null;
      if (original === null) {
        throw new ToogitError('INTERNAL', 'an attack that must not transfer needs the original labels');
      }
      return descend({ ...traced.for(x), set, params }, x, [labels, ...original], seed, options);
    },
    dispose: () => traced.dispose(),
  };
}

/** The images of one attack of one batch. For many batches, keep one `createAttack`. */
export async function pgd(
  classifier: Classifier,
  x: tf.Tensor4D,
  labels: tf.Tensor1D,
  params: AttackParams,
  seed: number | Seed,
  options: AttackRunOptions = {},
): Promise<tf.Tensor4D> {
  const attack = createAttack(classifier, params);
  try {
    return (await attack.run(x, labels, seed, options)).images;
  } finally {
    attack.dispose();
  }
}

interface Traced {
  loop: TracedLoop;
  /** Where there is more than one candidate per example to choose from. */
  judge: Judge | null;
}

function traceAttack(
  objective: AttackObjective,
  set: PerturbationSet,
  params: AttackParams,
  x: tf.Tensor4D,
): Traced {
  const { stepSize, precision = 'float32', restarts, keepBest } = params;
  const { rule: ruleOf = (set: PerturbationSet) => pgdRule(set, { stepSize }) } = params;
  const rule = ruleOf(set);
  const gradientAt = attackGradient(objective, params, rule.view);
  const evaluate = rule.loss && attackEvaluation(objective, rule.loss);
  const labels = tf.zeros([x.shape[0]], 'int32') as tf.Tensor1D;
  const seed = seedTensor([0, 0]);
  const loop = traceLoop(
    {
      objective: evaluate
        ? (x, _center, labels) => evaluate(x, labels as tf.Tensor1D)
        : (x, _center, labels, seed, original) => ({
            gradient: gradientAt(x, labels as tf.Tensor1D, seed as tf.Tensor1D, original as tf.Tensor1D),
          }),
      rule,
      project: (x, center) => set.project(x, center as tf.Tensor4D),
      seedOf: (_center, _labels, seed) => seed as tf.Tensor1D,
    },
    { variables: variablesOf(objective), precision, keepBest: false },
    x,
    [x, labels, seed, ...(objective.nonTransferModels.length > 0 ? [labels] : [])],
  );
  const judge = restarts > 1 || keepBest === true || rule.result ? traceJudge(objective, x, labels) : null;
  tf.dispose([labels, seed]);
  return { loop, judge };
}

async function descend(
  { loop, judge, set, params }: Traced & { set: PerturbationSet; params: AttackParams },
  center: tf.Tensor4D,
  allLabels: tf.Tensor1D[],
  seed: number | Seed,
  { onStep, ...options }: AttackRunOptions,
): Promise<AttackResult> {
  const { restarts, steps, keepBest } = params;
  const candidates = judge && new BestCandidates(judge, allLabels);
  const [labels, ...original] = allLabels as [tf.Tensor1D, ...tf.Tensor1D[]];
  const runs: GradientCounts[] = [];
  let last: tf.Tensor4D | null = null;
  try {
    for (let restart = 0; restart < restarts; restart++) {
      last?.dispose();
      last = null;
      const start = startingPoint(set, params, center, deriveSeed(seed, 'start', restart));
      const found = await runLoop(loop, start, {
        ...options,
        steps,
        inputsOf: (step) => {
          const stepSeed = seedTensor(deriveSeed(seed, 'step', restart, step));
          return { inputs: [center, labels, stepSeed, ...original], made: [stepSeed] };
        },
        onIterate: async (x, step) => {
          if (keepBest || step === steps - 1) await candidates?.offer(x);
        },
        onStep: ({ done }) => onStep?.({ done: restart * steps + done, total: restarts * steps }),
      }).finally(() => start.dispose());
      last = found.x;
      if (found.best) await candidates?.offer(found.best);
      found.best?.dispose();
      runs.push(readCounts(found.counts));
      found.counts.dispose();
    }
    return { images: candidates?.best() ?? (last as tf.Tensor4D).clone(), ...sumOfCounts(runs) };
  } finally {
    last?.dispose();
    candidates?.dispose();
  }
}

const startingPoint = (
  set: PerturbationSet,
  { randomStart }: AttackParams,
  center: tf.Tensor4D,
  seed: Seed,
): tf.Tensor4D => (randomStart ? tf.tidy(() => set.randomPoint(center, seedTensor(seed))) : center.clone());
