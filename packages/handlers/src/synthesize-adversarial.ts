import type { AttackParams } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { attackSucceeded } from '@toogit/engine';
import { type AdversarialColumns, attackOfBlocks, inOrder, readColumns } from './adversarial-blocks.js';
import { attackSuccess, effectOf } from './attack-outcome.js';
import type { JobContext } from './context.js';
import { type Input, manyInputs } from './inputs.js';
import type { Synthesis } from './synthesis.js';
import { shareImages, synthesizedFacts } from './synthesized-facts.js';

/** D_det and D_rand: adversarial examples, labelled with their targets. */
export const synthesizeAdversarial: Synthesis = async (context, dataset) => {
  const blocks = inOrder(manyInputs(context, 'adversarialExamples', 'adversarialExamples'));
  const { attack } = attackOfBlocks(blocks);
  if (attack.targets === 'none') {
    throw new ToogitError('ARTIFACT_INVALID', 'Untargeted adversarial examples have no labels to train on.');
  }
  const columns = await readColumns(context.artifacts, blocks);
  const meta = describe(context, dataset, blocks, columns);
  reportMetrics(context, dataset, attack, meta, columns);
  return { parts: [...shareImages(blocks), await storeColumns(context, columns)], meta };
};

function storeColumns({ artifacts }: JobContext, columns: AdversarialColumns) {
  const succeeded = attackSucceeded(columns.predictedLabels, columns.targetLabels, { targeted: true });
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
  columns: AdversarialColumns,
) {
  const { originalLabels, targetLabels, predictedLabels } = columns;
  const { attack } = attackOfBlocks(blocks);
  const { meanNorm, maxNorm } = effectOf(blocks, columns);
  const kept = targetLabels.filter((label, index) => label === originalLabels[index]).length;
  return {
    ...synthesizedFacts(dataset, params.construction, targetLabels.length),
    ...{ attack, meanNorm, maxNorm },
    attackSuccess: attackSuccess(predictedLabels, columns, attack),
    labelsKept: kept / targetLabels.length,
  };
}

function reportMetrics(
  context: JobContext<'synthesize'>,
  { facts }: Input<'dataset'>,
  attack: AttackParams,
  { attackSuccess, meanNorm, maxNorm }: ReturnType<typeof describe>,
  { targetLabels }: AdversarialColumns,
): void {
  const about = {
    ...{ dataset: facts.name, split: facts.split, construction: context.params.construction },
    ...attack,
    ...{ meanNorm, maxNorm },
  };
  const common = { step: null, context: about };
  if (attackSuccess !== null) {
    const { value, n, ci95 } = attackSuccess;
    context.metric({ name: 'attackSuccessRate', value, unit: 'fraction', n, ci95, ...common });
  }
  const n = targetLabels.length;
  context.metric({ name: 'maxNorm', value: maxNorm, unit: '1', n, ci95: null, ...common });
}
