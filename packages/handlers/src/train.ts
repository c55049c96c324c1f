import {
  createModel,
  type DeviceDataset,
  type EpochReport,
  type Model,
  type TrainingCheckpoint,
  type TrainingResult,
  trainClassifier,
  type Weights,
} from '@toogit/engine';
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
  epoch: z.object({ loss: z.number(), correct: z.number(), examples: z.int() }),
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
    const { history, trained } = await fit(context, model, dataset, trainable);
    reportMetrics(context, input, featuresFrom, history);
    return {
      type: 'model',
      parts: [await context.artifacts.writeTensors('weights', toTensors(model.weights()))],
      meta: describe(context, input, model, history, trained),
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
): Promise<{ history: EpochRecord[]; trained: TrainingResult }> {
  const { params, seed, signal, yielding, checkpoint } = context;
  const { epochs } = params;
  const { history, resumeFrom } = await lastCheckpoint(context);
  const trained = await trainClassifier({
    model,
    dataset,
    params: { ...params, trainable },
    seed,
    signal,
    yielding,
    resumeFrom,
    onEpoch: ({ epoch, loss, trainAccuracy }: EpochReport) => history.push({ epoch, loss, trainAccuracy }),
    onStep: ({ epoch, examples, loss }) =>
      context.progress({
        done: examples,
        total: epochs * dataset.size,
        unit: 'images',
        message: `epoch ${epoch}/${epochs}, loss ${loss.toFixed(2)}`,
      }),
    checkpointEvery: { epochs: params.checkpointEveryEpochs },
    saveCheckpoint: ({ step, tensors, state }) =>
      checkpoint.save(step, toTensors(tensors), { ...state, history }),
  });
  return { history, trained };
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
  const common = { n: facts.examples, ci95: null, context: about };
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
  { batchSize, trainEvaluation, predictedClasses, collapsed }: TrainingResult,
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
    batchSize,
    finalTrainLoss: last.loss,
    finalTrainAccuracy: last.trainAccuracy,
    trainEvaluation,
    predictedClasses,
    collapsed,
  };
}
