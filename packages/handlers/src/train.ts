import {
  createModel,
  type EpochReport,
  type Model,
  type TrainingCheckpoint,
  trainClassifier,
} from '@toogit/engine';
import type { JobParams } from '@toogit/jobs';
import { z } from 'zod';
import type { JobContext, JobHandler } from './context.js';
import { type Input, oneInput } from './inputs.js';
import { datasetOnDevice } from './on-device.js';
import { toTensors, toWeights } from './weights.js';

/** What was measured in one epoch. A pace is no such fact: it differs from run to run. */
const epochRecord = z.object({ epoch: z.int(), loss: z.number(), trainAccuracy: z.number() });
type EpochRecord = z.infer<typeof epochRecord>;

/** What goes into a checkpoint beside the tensors. */
const checkpointState = z.object({
  history: z.array(epochRecord),
  epoch: z.object({ loss: z.number(), correct: z.number(), steps: z.int() }),
});

/** Trains a classifier from scratch on a data set; goes on from its last checkpoint, to the same bytes. */
export const train: JobHandler<'train'> = async (context) => {
  const input = oneInput(context, 'dataset', 'dataset');
  const dataset = await datasetOnDevice(context, input);
  const model = newModel(context, input);
  try {
    const history = await fit(context, model, dataset);
    reportMetrics(context, input, history);
    return {
      type: 'model',
      parts: [await context.artifacts.writeTensors('weights', toTensors(model.weights()))],
      meta: describe(context, input, model, history),
    };
  } finally {
    model.dispose();
  }
};

function newModel({ params, seed }: JobContext<'train'>, { facts }: Input<'dataset'>): Model {
  return createModel({
    architecture: params.architecture,
    width: params.width,
    depth: params.depth,
    inputShape: facts.imageShape,
    numClasses: facts.classNames.length,
    mean: facts.mean,
    std: facts.std,
    seed,
  });
}

async function fit(
  context: JobContext<'train'>,
  model: Model,
  dataset: Awaited<ReturnType<typeof datasetOnDevice>>,
): Promise<EpochRecord[]> {
  const { params, seed, signal, checkpoint } = context;
  const { history, resumeFrom } = await lastCheckpoint(context);
  const { batchSize, stepsPerEpoch } = batches(params, dataset.size);
  await trainClassifier({
    model,
    dataset,
    params: { ...params, batchSize },
    seed,
    signal,
    resumeFrom,
    onEpoch: ({ epoch, loss, trainAccuracy }: EpochReport) => history.push({ epoch, loss, trainAccuracy }),
    onStep: ({ step, steps, loss }) =>
      context.progress({
        done: step * batchSize,
        total: steps * batchSize,
        unit: 'images',
        message: `epoch ${Math.ceil(step / stepsPerEpoch)}/${params.epochs}, loss ${loss.toFixed(2)}`,
      }),
    checkpointEvery: { epochs: params.checkpointEveryEpochs },
    saveCheckpoint: ({ step, tensors, state }) =>
      checkpoint.save(step, toTensors(tensors), { ...state, history }),
  });
  return history;
}

/** What doesn't fill a last batch is left out of that epoch. */
function batches({ batchSize: wanted }: JobParams<'train'>, examples: number) {
  const batchSize = Math.min(wanted, examples);
  return { batchSize, stepsPerEpoch: Math.floor(examples / batchSize) };
}

async function lastCheckpoint({
  checkpoint,
}: JobContext<'train'>): Promise<{ history: EpochRecord[]; resumeFrom: TrainingCheckpoint | null }> {
  const last = await checkpoint.load();
  if (last === null) return { history: [], resumeFrom: null };
  const { history, epoch } = checkpointState.parse(last.state);
  const resumeFrom: TrainingCheckpoint = {
    step: last.step,
    tensors: toWeights(last.tensors),
    state: { epoch },
  };
  return { history, resumeFrom };
}

function reportMetrics(context: JobContext<'train'>, { facts }: Input<'dataset'>, history: EpochRecord[]) {
  const { params, seed } = context;
  const about = {
    trainedOn: facts.name,
    split: facts.split,
    architecture: params.architecture,
    width: params.width,
    seed,
  };
  const { batchSize, stepsPerEpoch } = batches(params, facts.examples);
  const common = { n: batchSize * stepsPerEpoch, ci95: null, context: about };
  for (const { epoch, loss, trainAccuracy } of history) {
    context.metric({ name: 'trainLoss', value: loss, unit: '1', step: epoch, ...common });
    context.metric({ name: 'trainAccuracy', value: trainAccuracy, unit: 'fraction', step: epoch, ...common });
  }
}

function describe(
  { params }: JobContext<'train'>,
  { facts }: Input<'dataset'>,
  model: Model,
  history: EpochRecord[],
) {
  const last = history.at(-1) as EpochRecord;
  return {
    architecture: params.architecture,
    width: params.width,
    depth: params.depth,
    numClasses: facts.classNames.length,
    imageShape: facts.imageShape,
    mean: facts.mean,
    std: facts.std,
    parameterCount: model.parameterCount,
    trainedOn: facts.name,
    trainExamples: facts.examples,
    epochs: params.epochs,
    finalTrainLoss: last.loss,
    finalTrainAccuracy: last.trainAccuracy,
  };
}
