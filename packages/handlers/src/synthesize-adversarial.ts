import { attackSucceeded, wilsonInterval } from '@toogit/engine';
import { ToogitError } from '@toogit/errors';
import { type AdversarialColumns, attackOfBlocks, inOrder, readColumns } from './adversarial-blocks.js';
import type { JobContext } from './context.js';
import { type Input, manyInputs } from './inputs.js';
import { mean } from './summaries.js';
import type { Synthesis } from './synthesize.js';
import { shareImages, synthesizedFacts } from './synthesized-facts.js';

/** D_det and D_rand: adversarial examples, labelled with their targets. */
export const synthesizeAdversarial: Synthesis = async (context, dataset) => {
  const blocks = inOrder(manyInputs(context, 'adversarialExamples', 'adversarialExamples'));
  const { attack } = attackOfBlocks(blocks);
  if (attack.targets === 'none') {
    throw new ToogitError('ARTIFACT_INVALID', 'Untargeted adversarial examples have no labels to train on.');
  }
  const columns = await readColumns(context.artifacts, blocks);
  const succeeded = attackSucceeded(columns.predictedLabels, columns.targetLabels, { targeted: true });
  reportMetrics(context, dataset, blocks, columns, succeeded);
  return {
    parts: [...shareImages(blocks), await storeColumns(context, columns, succeeded)],
    meta: describe(context, dataset, blocks, columns, succeeded),
  };
};

function storeColumns({ artifacts }: JobContext, columns: AdversarialColumns, succeeded: Uint8Array) {
  const shape = [succeeded.length];
  const int32 = (data: Int32Array) => ({ dtype: 'int32' as const, shape, data });
  return artifacts.writeTensors('columns', {
    labels: int32(columns.targetLabels),
    originalLabels: int32(columns.originalLabels),
    sourceIndex: int32(columns.sourceIndex),
    perturbationNorm: { dtype: 'float32', shape, data: columns.perturbationNorm },
    attackSucceeded: { dtype: 'uint8', shape, data: succeeded },
  });
}

function describe(
  { params }: JobContext<'synthesize'>,
  dataset: Input<'dataset'>,
  blocks: Input<'adversarialExamples'>[],
  { originalLabels, targetLabels, perturbationNorm }: AdversarialColumns,
  succeeded: Uint8Array,
) {
  const kept = targetLabels.filter((label, index) => label === originalLabels[index]).length;
  return {
    ...synthesizedFacts(dataset, params.construction, succeeded.length),
    attack: attackOfBlocks(blocks).attack,
    attackSuccessRate: mean(succeeded),
    maxNorm: perturbationNorm.reduce((max, norm) => Math.max(max, norm), 0),
    meanNorm: mean(perturbationNorm),
    labelsKept: kept / succeeded.length,
  };
}

function reportMetrics(
  context: JobContext<'synthesize'>,
  { facts }: Input<'dataset'>,
  blocks: Input<'adversarialExamples'>[],
  { perturbationNorm }: AdversarialColumns,
  succeeded: Uint8Array,
): void {
  const n = succeeded.length;
  const hits = succeeded.reduce((sum, one) => sum + one, 0);
  const { norm, epsilon, stepSize, steps, targets } = attackOfBlocks(blocks).attack;
  const about = {
    dataset: facts.name,
    split: facts.split,
    construction: context.params.construction,
    ...{ norm, epsilon, stepSize, steps, targets },
  };
  const common = { step: null, n, context: about };
  context.metric({
    name: 'attackSuccessRate',
    value: hits / n,
    unit: 'fraction',
    ci95: wilsonInterval(hits, n),
    ...common,
  });
  const maxNorm = perturbationNorm.reduce((max, value) => Math.max(max, value), 0);
  context.metric({ name: 'maxNorm', value: maxNorm, unit: '1', ci95: null, ...common });
}
