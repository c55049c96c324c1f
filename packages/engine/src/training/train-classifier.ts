import type { Model } from '../models/model.js';
import { deriveSeed } from '../random/derive-seed.js';
import { permutation } from '../random/permutation.js';
import { evenBatches } from './batches.js';
import { type EpochSums, restoreCheckpoint, type TrainingCheckpoint, takeCheckpoint } from './checkpoint.js';
import type { DeviceDataset } from './device-dataset.js';
import { assertFinite, diverged, type TrainingPosition } from './divergence.js';
import { examine, type TrainedPredictions } from './examine.js';
import { type Learner, learnerOf, trainableVariables } from './learner.js';
import { learningRateAt } from './schedule.js';
import { type Sgd, sgd } from './sgd.js';
import type { TrainingParams } from './training-params.js';
import { type TrainingStep, trainingStep } from './training-step.js';

export interface EpochReport {
  /** Epochs done. */
  epoch: number;
  /** Mean over the epoch, with augmentation and batch statistics, as the weights changed. */
  loss: number;
  trainAccuracy: number;
  examplesPerSecond: number;
}

export interface StepReport {
  /** Counted from 1. */
  epoch: number;
  /** Steps done. */
  step: number;
  steps: number;
  /** Examples seen until now, over all epochs. */
  examples: number;
  loss: number;
  learningRate: number;
}

export interface TrainingOptions {
  /** Trained in place. */
  model: Model;
  dataset: DeviceDataset;
  params: TrainingParams;
  /** Of the order of examples and their augmentation. */
  seed: number;
  resumeFrom?: TrainingCheckpoint | null;
  onEpoch?: (report: EpochReport) => void;
  onStep?: (report: StepReport) => void;
  saveCheckpoint?: (checkpoint: TrainingCheckpoint) => Promise<void> | void;
  /** How often a checkpoint is taken; every epoch unless given. */
  checkpointEvery?: { epochs: number } | { steps: number };
  /** Aborting rejects between two steps with the signal's reason. */
  signal?: AbortSignal;
  /** Aborting saves a checkpoint between two steps, then rejects with the signal's reason. */
  yielding?: AbortSignal;
}

export interface TrainingResult extends TrainedPredictions {
  /** The last epoch's, null if there was nothing left to do. */
  lastEpoch: EpochReport | null;
  /** Of the largest batch. */
  batchSize: number;
}

/**
 * Standard or robust training by SGD on the cross-entropy. Every step's randomness follows from (seed, epoch, step), so a training
 * resumed from a checkpoint ends in the same bytes as one that never stopped (with the same threads and device).
 * @throws ToogitError TRAINING_DIVERGED where loss, weights or running statistics are no longer finite, or the trained
 * model's logits are of no use; no such checkpoint is ever saved
 */
export async function trainClassifier(options: TrainingOptions): Promise<TrainingResult> {
  const { model, dataset, params, resumeFrom } = options;
  const optimizer = sgd(trainableVariables(model, params), params);
  let learner: Learner | null = null;
  let step: TrainingStep | null = null;
  try {
    if (resumeFrom) restoreCheckpoint(model, optimizer, resumeFrom);
    learner = await learnerOf(model, dataset, params, options.signal);
    step = trainingStep(model, learner, optimizer, params);
    const { lastEpoch, at } = await run(options, optimizer, step);
    assertFinite(model.weights(), at);
    const { largest } = evenBatches(dataset.size, params.batchSize);
    return { lastEpoch, batchSize: largest, ...(await examine(model, dataset, at)) };
  } finally {
    step?.dispose();
    learner?.dispose();
    optimizer.dispose();
  }
}

async function run(
  { model, dataset, params, seed, resumeFrom, ...callbacks }: TrainingOptions,
  optimizer: Sgd,
  trainingStep: TrainingStep,
): Promise<{ lastEpoch: EpochReport | null; at: TrainingPosition }> {
  const { epochs, schedule } = params;
  const batches = evenBatches(dataset.size, params.batchSize);
  const stepsPerEpoch = batches.count;
  const steps = epochs * stepsPerEpoch;
  const every = callbacks.checkpointEvery ?? { epochs: 1 };
  const checkpointEvery = 'steps' in every ? every.steps : every.epochs * stepsPerEpoch;
  let sums: EpochSums = resumeFrom?.state.epoch ?? noSums();
  let lastEpoch: EpochReport | null = null;
  let lastCheckpoint = resumeFrom?.step ?? null;
  let order: Int32Array = new Int32Array();
  let orderedEpoch = -1;
  let pace = startPace();
  const position = (step: number): TrainingPosition => {
    const epoch = Math.max(1, Math.ceil(step / stepsPerEpoch));
    return { epoch, epochs, step, steps, lastCheckpoint };
  };
  const saveCheckpoint = async (step: number) => {
    const checkpoint = takeCheckpoint(model, optimizer, step, sums);
    assertFinite(checkpoint.tensors, position(step));
    await callbacks.saveCheckpoint?.(checkpoint);
    lastCheckpoint = step;
  };

  for (let step = resumeFrom?.step ?? 0; step < steps; step++) {
    callbacks.signal?.throwIfAborted();
    if (callbacks.yielding?.aborted) {
      await saveCheckpoint(step);
      callbacks.yielding.throwIfAborted();
    }
    const epoch = Math.floor(step / stepsPerEpoch);
    if (epoch !== orderedEpoch) {
      order = permutation(dataset.size, deriveSeed(seed, 'order', epoch));
      orderedEpoch = epoch;
      pace = startPace();
    }
    const learningRate = learningRateAt(params.learningRate, schedule, { step, stepsPerEpoch, epochs });
    const indices = order.subarray(...batches.range(step % stepsPerEpoch));
    const { loss, correct } = await trainingStep.run({
      indices,
      seed: deriveSeed(seed, 'step', step),
      learningRate,
    });
    if (!Number.isFinite(loss)) throw diverged(`the loss was ${loss}`, position(step + 1));
    const { length } = indices;
    sums = {
      loss: sums.loss + loss * length,
      correct: sums.correct + correct,
      examples: sums.examples + length,
    };
    pace.examples += length;
    const examples = epoch * dataset.size + sums.examples;
    callbacks.onStep?.({ epoch: epoch + 1, step: step + 1, steps, examples, loss, learningRate });

    if (sums.examples === dataset.size) {
      lastEpoch = reportEpoch(epoch + 1, sums, pace);
      sums = noSums();
      callbacks.onEpoch?.(lastEpoch);
    }
    if ((step + 1) % checkpointEvery === 0) await saveCheckpoint(step + 1);
  }
  return { lastEpoch, at: position(steps) };
}

const noSums = (): EpochSums => ({ loss: 0, correct: 0, examples: 0 });
const startPace = () => ({ since: performance.now(), examples: 0 });

function reportEpoch(epoch: number, sums: EpochSums, pace: { since: number; examples: number }): EpochReport {
  return {
    epoch,
    loss: sums.loss / sums.examples,
    trainAccuracy: sums.correct / sums.examples,
    examplesPerSecond: (1000 * pace.examples) / (performance.now() - pace.since),
  };
}
