import { ownParametersOf } from '@toogit/catalogue';
import { canonicalJson } from '@toogit/core';
import {
  type Attack,
  type Classifier,
  createAttack,
  type DeviceDataset,
  deriveSeed,
  deviceDataset,
  perturbationNorms,
  tf,
} from '@toogit/engine';
import { attackSuccess } from './attack-outcome.js';
import { attackRule } from './attack-rule.js';
import type { JobContext, JobHandler } from './context.js';
import { type Input, manyInputs, oneInput } from './inputs.js';
import { datasetOnDevice, gatherBlock, loadFrozenModel, modelBytes } from './on-device.js';
import { predictionsOf } from './predictions.js';
import { maximum, mean } from './summaries.js';
import { targetLabels } from './targets.js';

/** A model that cannot change, and an attack compiled against it. */
interface CompiledAttack {
  model: Classifier;
  attack: Attack;
}

/** Columns of a block as they come from the device. */
interface AttackedBlock {
  images: Float32Array;
  originalLabels: Int32Array;
  targetLabels: Int32Array;
  predictedLabels: Int32Array;
  perturbationNorm: Float32Array;
  /** Steps at which the example had no gradient to follow. */
  zeroGradients: Int32Array;
  nonFiniteGradients: Int32Array;
}

/** Turns one block of a data set into adversarial examples of the source model, as one batch. */
export const attack: JobHandler<'attack'> = async (context) => {
  const sourceModel = oneInput(context, 'sourceModel', 'model');
  const datasetInput = oneInput(context, 'dataset', 'dataset');
  const dataset = await datasetOnDevice(context, datasetInput);
  const compiled = await compileAttack(context, sourceModel);
  const block = await attackBlock(context, sourceModel, compiled, dataset);
  return {
    type: 'adversarialExamples',
    parts: await store(context, block, datasetInput.facts.imageShape),
    meta: describe(context, sourceModel, block),
  };
};

/** Every block of an attack uses the same compiled attack: it stays on the device. */
function compileAttack(context: JobContext<'attack'>, input: Input<'model'>): Promise<CompiledAttack> {
  const { targets, ...settings } = settingsOf(context);
  const params = { ...settings, targeted: targets !== 'none' };
  const nonTransferInputs = manyInputs(context, 'nonTransferModels', 'model');
  const inputs = [input, ...nonTransferInputs];
  const digests = inputs.map(({ digest }) => digest).join('+');
  const key = `attack:${digests}:${canonicalJson(params)}`;
  return context.deviceCache.get(key, async () => {
    const model = await loadFrozenModel(context, input);
    const nonTransferModels: Classifier[] = [];
    for (const other of nonTransferInputs) nonTransferModels.push(await loadFrozenModel(context, other));
    const keepBest = ownParametersOf(context.params).bestIterate === true;
    const rule = attackRule(context.params);
    const attack = createAttack(model, { ...params, rule, keepBest }, nonTransferModels);
    const dispose = () => {
      attack.dispose();
      for (const each of [model, ...nonTransferModels]) each.dispose();
    };
    const bytes = inputs.reduce((sum, each) => sum + modelBytes(each), 0);
    return { value: { model, attack }, bytes, dispose };
  });
}

async function attackBlock(
  context: JobContext<'attack'>,
  sourceModel: Input<'model'>,
  { model, attack }: CompiledAttack,
  dataset: DeviceDataset,
): Promise<AttackedBlock> {
  const { params, seed, signal } = context;
  const { start } = params.block;
  const { x, originalLabels } = gatherBlock(dataset, params.block);
  const labels = targetLabels(params.targets, originalLabels, { start, numClasses: model.numClasses, seed });
  const labelTensor = tf.tensor1d(labels, 'int32');
  const originalTensor = tf.tensor1d(originalLabels, 'int32');
  try {
    const { images: xAdversarial, ...counts } = await attack.run(
      x,
      labelTensor,
      deriveSeed(seed, 'block', start),
      {
        signal,
        originalLabels: originalTensor,
        onStep: ({ done, total }) => context.progress({ done, total, unit: 'steps' }),
      },
    );
    const perturbationNorm = perturbationNorms(xAdversarial, x, params.norm);
    const images = (await xAdversarial.data()) as Float32Array;
    xAdversarial.dispose();
    const predictedLabels = await judge(model, sourceModel, images, originalLabels);
    return { images, originalLabels, targetLabels: labels, predictedLabels, perturbationNorm, ...counts };
  } finally {
    tf.dispose([x, labelTensor, originalTensor]);
  }
}

/** What the model predicts for the stored bytes: the attack's own record of its success is not used. */
async function judge(
  model: Classifier,
  input: Input<'model'>,
  images: Float32Array,
  labels: Int32Array,
): Promise<Int32Array> {
  const stored = deviceDataset(images, model.inputShape, labels);
  try {
    return await predictionsOf(model, input, stored, { batchSize: stored.size });
  } finally {
    stored.dispose();
  }
}

async function store(
  { artifacts, params }: JobContext<'attack'>,
  block: AttackedBlock,
  imageShape: [number, number, number],
) {
  const { start, count } = params.block;
  const int32 = (data: Int32Array) => ({ dtype: 'int32' as const, shape: [count], data });
  return [
    await artifacts.writeTensors('images', {
      images: { dtype: 'float32', shape: [count, ...imageShape], data: block.images },
    }),
    await artifacts.writeTensors('columns', {
      originalLabels: int32(block.originalLabels),
      targetLabels: int32(block.targetLabels),
      predictedLabels: int32(block.predictedLabels),
      sourceIndex: int32(Int32Array.from({ length: count }, (_, index) => start + index)),
      perturbationNorm: { dtype: 'float32', shape: [count], data: block.perturbationNorm },
    }),
  ];
}

const examplesWithAny = (steps: Int32Array): number => steps.filter((count) => count > 0).length;

function settingsOf({ params }: JobContext<'attack'>) {
  const { block: _, ...attack } = params;
  return attack;
}

function describe(context: JobContext<'attack'>, sourceModel: Input<'model'>, block: AttackedBlock) {
  const attack = settingsOf(context);
  return {
    attack,
    sourceModel: sourceModel.jobKey,
    block: context.params.block,
    attackSuccess: attackSuccess(block.predictedLabels, block, attack),
    meanNorm: mean(block.perturbationNorm),
    maxNorm: maximum(block.perturbationNorm),
    zeroGradients: examplesWithAny(block.zeroGradients),
    nonFiniteGradients: examplesWithAny(block.nonFiniteGradients),
  };
}
