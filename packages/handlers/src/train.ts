import {
  createModel,
  type DeviceDataset,
  type EpochReport,
  type Model,
  type TrainingCheckpoint,
  trainClassifier,
  type Weights,
} from '@toogit/engine';
import type { JobParams } from '@toogit/jobs';
import { z } from 'zod';
import type { JobContext, JobHandler } from './context.js';
import { type Input, manyInputs, oneInput } from './inputs.js';
import { datasetOnDevice } from './on-device.js';
import { toTensors, toWeights, weightsOf } from './weights.js';

/** What was measured in one epoch. A pace is no such fact: it differs from run to run. */
const epochRecord = z.object({ epoch: z.int(), loss: z.number(), trainAccuracy: z.number() });
type EpochRecord = z.infer<typeof epochRecord>;

/** What goes into a checkpoint beside the tensors. */
const checkpointState = z.object({
  history: z.array(epochRecord),
  epoch: z.object({ loss: z.number(), correct: z.number(), steps: z.int() }),
});

/**
 * Trains a classifier on a data set, from scratch or on the features of another model; goes on from its last
 * checkpoint, to the same bytes.
 */
export const train: JobHandler<'train'> = async (context) => {
  const input = oneInput(context, 'dataset', 'dataset');
  const dataset = await datasetOnDevice(context, input);
  const [featuresFrom] = manyInputs(context, 'featuresFrom', 'model');
  const model = await newModel(context, input, featuresFrom);
  try {
    const trainable = featuresFrom === undefined ? 'all' : 'classifier';
    const history = await fit(context, model, dataset, trainable);
    reportMetrics(context, input, featuresFrom, history);
    return {
      type: 'model',
      parts: [await context.artifacts.writeTensors('weights', toTensors(model.weights()))],
      meta: describe(context, input, model, history),
    };
  } finally {
    model.dispose();
  }
};

async function newModel(
  { params, seed, artifacts }: JobContext<'train'>,
  { facts }: Input<'dataset'>,
  featuresFrom: Input<'model'> | undefined,
): Promise<Model> {
  const { mean, std } = featuresFrom?.facts ?? facts;
  const model = createModel({
    architecture: params.architecture,
    width: params.width,
    depth: params.depth,
    inputShape: facts.imageShape,
    numClasses: facts.classNames.length,
    mean,
    std,
    seed,
  });
  if (featuresFrom !== undefined) takeFeatures(model, await weightsOf(artifacts, featuresFrom.manifest));
  return model;
}

/** Weights of another model, but for the last layer, which stays as it was drawn. */
function takeFeatures(model: Model, from: Weights): void {
  const own = [...model.weights()].filter(([name]) => name.startsWith(`${model.classifier.name}.`));
  model.loadWeights(new Map([...from, ...own]));
}

async function fit(
  context: JobContext<'train'>,
  model: Model,
  dataset: DeviceDataset,
  trainable: 'all' | 'classifier',
): Promise<EpochRecord[]> {
  const { params, seed, signal, yielding, checkpoint } = context;
  const { history, resumeFrom } = await lastCheckpoint(context);
  const { batchSize, stepsPerEpoch } = batches(params, dataset.size);
  await trainClassifier({
    model,
    dataset,
    params: { ...params, batchSize, trainable },
    seed,
    signal,
    yielding,
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

/** Under adversarial training, loss and accuracy are those of the perturbed batches. */
function reportMetrics(
  context: JobContext<'train'>,
  { facts }: Input<'dataset'>,
  featuresFrom: Input<'model'> | undefined,
  history: EpochRecord[],
) {
  const { params, seed } = context;
  const { architecture, width, depth, adversarial, precision } = params;
  const about = {
    trainedOn: facts.name,
    split: facts.split,
    architecture,
    width,
    ...(depth !== null && { depth }),
    ...(adversarial !== null && adversarial),
    ...(featuresFrom && { featuresTrainedOn: featuresFrom.facts.trainedOn }),
    precision,
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
    mean: [...model.options.mean],
    std: [...model.options.std],
    parameterCount: model.parameterCount,
    trainedOn: facts.name,
    trainExamples: facts.examples,
    epochs: params.epochs,
    finalTrainLoss: last.loss,
    finalTrainAccuracy: last.trainAccuracy,
  };
}
