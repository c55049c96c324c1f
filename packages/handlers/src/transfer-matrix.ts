import type { AttackEffect, AttackParams, AttackSuccess } from '@toogit/catalogue';
import { canonicalJson, ToogitError } from '@toogit/core';
import { deviceDataset } from '@toogit/engine';
import { attackOfBlocks, inOrder, readColumns, readImages } from './adversarial-blocks.js';
import { attackSuccess, effectOf } from './attack-outcome.js';
import { examplesIn } from './blocks.js';
import type { JobContext, JobHandler } from './context.js';
import { type Input, manyInputs, oneInput } from './inputs.js';
import { frozenModel } from './on-device.js';
import { predictionsOf } from './predictions.js';

type Blocks = Input<'adversarialExamples'>[];

/** How each model's adversarial examples fare against every model. */
export const transferMatrix: JobHandler<'transfer-matrix'> = async (context) => {
  const { params, artifacts } = context;
  const models = manyInputs(context, 'models', 'model');
  const dataset = oneInput(context, 'dataset', 'dataset');
  if (models.length !== params.names.length) {
    throw new ToogitError('INTERNAL', `${params.names.length} names are given for ${models.length} models.`);
  }
  const blocks = manyInputs(context, 'adversarialExamples', 'adversarialExamples');
  const attacks = models.map(({ jobKey }, index) => blocksAgainst(blocks, jobKey, params.names[index] ?? ''));
  const attack = commonAttack(attacks);
  const rows: Row[] = [];
  for (const [index, examples] of attacks.entries()) {
    const report = (done: number) =>
      context.progress({ done, total: models.length ** 2, unit: 'evaluations' });
    rows.push(await rowOf(context, examples, models, (column) => report(index * models.length + column)));
  }
  const meta = {
    names: params.names,
    architectures: models.map(({ facts }) => facts.architecture),
    split: dataset.facts.split,
    attack,
    effects: rows.map(({ effect }) => effect),
    transfer: rows.map(({ transfer }) => transfer),
  };
  reportMetrics(context, dataset, meta);
  const rates = Float32Array.from(meta.transfer.flat(), (rate) => rate?.value ?? Number.NaN);
  const shape = [models.length, models.length];
  const tensors = { transfer: { dtype: 'float32' as const, shape, data: rates } };
  const part = await artifacts.writeTensors('rates', tensors, { nanIsUnknown: true });
  return { type: 'transferMatrix', parts: [part], meta };
};

/** @throws ARTIFACT_INVALID where no block attacks this model */
function blocksAgainst(blocks: Blocks, sourceModel: string, name: string): Blocks {
  const own = inOrder(blocks.filter(({ facts }) => facts.sourceModel === sourceModel));
  if (own.length > 0) return own;
  throw new ToogitError('ARTIFACT_INVALID', `No block of adversarial examples was made against ${name}.`);
}

/** @throws ARTIFACT_INVALID unless all sources are attacked alike, on as many examples: rates are compared */
function commonAttack(attacks: Blocks[]): AttackParams {
  const kinds = attacks.map((blocks) => ({ ...attackOfBlocks(blocks), n: examplesIn(blocks) }));
  const distinct = new Set(kinds.map(({ attack, n }) => canonicalJson({ attack, n })));
  if (distinct.size > 1) {
    throw new ToogitError(
      'ARTIFACT_INVALID',
      'The models of a transfer matrix are attacked in different ways.',
    );
  }
  return attackOfBlocks(attacks[0] ?? []).attack;
}

/** One model's adversarial examples against all models. */
interface Row {
  effect: AttackEffect;
  transfer: AttackSuccess[];
}

async function rowOf(
  context: JobContext<'transfer-matrix'>,
  blocks: Blocks,
  models: Input<'model'>[],
  report: (column: number) => void,
): Promise<Row> {
  const { artifacts, params, signal } = context;
  const columns = await readColumns(artifacts, blocks);
  const { attack } = attackOfBlocks(blocks);
  const imageShape = (models[0] as Input<'model'>).facts.imageShape;
  const examples = deviceDataset(await readImages(artifacts, blocks), imageShape, columns.originalLabels);
  try {
    const transfer: AttackSuccess[] = [];
    for (const input of models) {
      const model = await frozenModel(context, input);
      const options = { batchSize: params.batchSize, signal };
      transfer.push(attackSuccess(await predictionsOf(model, input, examples, options), columns, attack));
      report(transfer.length);
    }
    return { effect: effectOf(blocks, columns), transfer };
  } finally {
    examples.dispose();
  }
}

type Facts = Awaited<ReturnType<typeof transferMatrix>>['meta'];

function reportMetrics(
  context: JobContext<'transfer-matrix'>,
  { facts }: Input<'dataset'>,
  { names, transfer, effects, attack }: Facts,
): void {
  const about = { dataset: facts.name, split: facts.split, ...attack };
  transfer.forEach((row, source) => {
    row.forEach((rate, evaluated) => {
      if (rate === null) return;
      const { value, n, ci95 } = rate;
      const models = { sourceModel: names[source] ?? '', evaluatedModel: names[evaluated] ?? '' };
      context.metric({
        name: source === evaluated ? 'attackSuccessRate' : 'transferRate',
        value,
        unit: 'fraction',
        step: null,
        n,
        ci95,
        context: { ...about, ...effects[source], ...models },
      });
    });
  });
}
