import { attackSucceeded, wilsonInterval } from '@toogit/engine';
import { ToogitError } from '@toogit/errors';
import { type AdversarialColumns, attackOfBlocks, inOrder, readColumns } from './adversarial-blocks.js';
import type { JobContext, JobHandler } from './context.js';
import { type Input, manyInputs, oneInput } from './inputs.js';
import { partNamed } from './weights.js';

/** Adversarial examples, labelled with their targets, become a training set. Images are referred to, not copied. */
export const synthesize: JobHandler<'synthesize'> = async (context) => {
  const dataset = oneInput(context, 'dataset', 'dataset');
  const blocks = inOrder(manyInputs(context, 'adversarialExamples', 'adversarialExamples'));
  const { attack } = attackOfBlocks(blocks);
  if (attack.targets === 'none') {
    throw new ToogitError('ARTIFACT_INVALID', 'Untargeted adversarial examples have no labels to train on.');
  }
  const columns = await readColumns(context.artifacts, blocks);
  const succeeded = attackSucceeded(columns.predictedLabels, columns.targetLabels, { targeted: true });
  reportMetrics(context, dataset, blocks, columns, succeeded);
  return {
    type: 'dataset',
    parts: [...shareImages(blocks), await storeColumns(context, columns, succeeded)],
    meta: describe(context, dataset, blocks, columns, succeeded),
  };
};

const shareImages = (blocks: Input<'adversarialExamples'>[]) =>
  blocks.map(({ manifest }, index) => ({
    ...partNamed(manifest, 'images'),
    name: `images-${String(index).padStart(4, '0')}`,
  }));

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
  { facts }: Input<'dataset'>,
  blocks: Input<'adversarialExamples'>[],
  columns: AdversarialColumns,
  succeeded: Uint8Array,
) {
  const { split, imageShape, classNames, mean, std } = facts;
  const { originalLabels, targetLabels, perturbationNorm } = columns;
  const kept = targetLabels.filter((label, index) => label === originalLabels[index]).length;
  return {
    name: params.construction,
    split,
    examples: succeeded.length,
    imageShape,
    imageDtype: 'float32' as const,
    classNames,
    mean,
    std,
    construction: params.construction,
    attack: attackOfBlocks(blocks).attack,
    attackSuccessRate: succeeded.reduce((sum, one) => sum + one, 0) / succeeded.length,
    maxNorm: perturbationNorm.reduce((max, norm) => Math.max(max, norm), 0),
    meanNorm: perturbationNorm.reduce((sum, norm) => sum + norm, 0) / perturbationNorm.length,
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
