import { ToogitError } from '@toogit/errors';
import type { Precision } from '../backend/config-proto.js';
import type { Model } from '../models/model.js';
import { deriveSeed } from '../random/derive-seed.js';
import { permutation } from '../random/permutation.js';
import type { AdversarialTraining } from './adversarial-batch.js';
import { type EpochSums, restoreCheckpoint, type TrainingCheckpoint, takeCheckpoint } from './checkpoint.js';
import type { DeviceDataset } from './device-dataset.js';
import { type Learner, learnerOf, trainableVariables } from './learner.js';
import { learningRateAt, type Schedule } from './schedule.js';
import { type Sgd, type SgdParams, sgd } from './sgd.js';
import { type TrainingStep, traceTrainingStep } from './training-step.js';

export interface TrainingParams extends SgdParams {
  epochs: number;
  /** Examples a step; at most the size of the data set. What doesn't fill a last batch is left out of that epoch. */
  batchSize: number;
  /** The schedule's highest. */
  learningRate: number;
  schedule: Schedule;
  augmentation: 'none' | 'flip-crop';
  /** How far a crop may move, in pixels. */
  cropPadding?: number;
  /** Share of the target probability spread over all classes. */
  labelSmoothing?: number;
  /** Of convolutions and matrix products; float32 unless given. */
  precision?: Precision;
  /** Robust training: every batch is made adversarial first. Loss and accuracy reported are then those under attack. */
  adversarial?: AdversarialTraining | null;
  /** Everything (unless given), or a linear probe: only the last layer, on features of the model as it evaluates. */
  trainable?: 'all' | 'classifier';
}

export interface EpochReport {
  /** Epochs done. */
  epoch: number;
  /** Mean over the epoch, with augmentation and batch statistics, as the weights changed. */
  loss: number;
  trainAccuracy: number;
  examplesPerSecond: number;
}

export interface StepReport {
  /** Steps done. */
  step: number;
  steps: number;
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

/**
 * Standard or robust training by SGD on the cross-entropy. Every step's randomness follows from (seed, epoch, step), so a training
 * resumed from a checkpoint ends in the same bytes as one that never stopped (with the same threads and device).
 * @returns the last epoch's report, null if there was nothing left to do
 * @throws ToogitError TRAINING_DIVERGED where the loss is no longer finite
 */
export async function trainClassifier(options: TrainingOptions): Promise<EpochReport | null> {
  const { model, dataset, params, resumeFrom } = options;
  const batchSize = Math.min(params.batchSize, dataset.size);
  const stepsPerEpoch = Math.floor(dataset.size / batchSize);
  const optimizer = sgd(trainableVariables(model, params), params);
  let learner: Learner | null = null;
  let step: TrainingStep | null = null;
  try {
    if (resumeFrom) restoreCheckpoint(model, optimizer, resumeFrom);
    learner = await learnerOf(model, dataset, params, options.signal);
    step = traceTrainingStep(model, learner, optimizer, params, batchSize);
    return await run(options, optimizer, step, { batchSize, stepsPerEpoch });
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
  { batchSize, stepsPerEpoch }: { batchSize: number; stepsPerEpoch: number },
): Promise<EpochReport | null> {
  const steps = params.epochs * stepsPerEpoch;
  const every = callbacks.checkpointEvery ?? { epochs: 1 };
  const checkpointEvery = 'steps' in every ? every.steps : every.epochs * stepsPerEpoch;
  let sums: EpochSums = resumeFrom?.state.epoch ?? noSums();
  let report: EpochReport | null = null;
  let order: Int32Array = new Int32Array();
  let orderedEpoch = -1;
  let pace = startPace();

  for (let step = resumeFrom?.step ?? 0; step < steps; step++) {
    callbacks.signal?.throwIfAborted();
    if (callbacks.yielding?.aborted) {
      await callbacks.saveCheckpoint?.(takeCheckpoint(model, optimizer, step, sums));
      callbacks.yielding.throwIfAborted();
    }
    const epoch = Math.floor(step / stepsPerEpoch);
    if (epoch !== orderedEpoch) {
      order = permutation(dataset.size, deriveSeed(seed, 'order', epoch));
      orderedEpoch = epoch;
      pace = startPace();
    }
    const start = (step % stepsPerEpoch) * batchSize;
    const learningRate = learningRateAt(params.learningRate, params.schedule, {
      step,
      stepsPerEpoch,
      epochs: params.epochs,
    });
    const { loss, correct } = await trainingStep.run({
      indices: order.subarray(start, start + batchSize),
      seed: deriveSeed(seed, 'step', step),
      learningRate,
    });
    if (!Number.isFinite(loss)) {
      throw new ToogitError('TRAINING_DIVERGED', `the loss was ${loss} at step ${step + 1} of ${steps}`);
    }
    sums = { loss: sums.loss + loss, correct: sums.correct + correct, steps: sums.steps + 1 };
    pace.examples += batchSize;
    callbacks.onStep?.({ step: step + 1, steps, loss, learningRate });

    if (sums.steps === stepsPerEpoch) {
      report = reportEpoch(epoch + 1, sums, batchSize, pace);
      sums = noSums();
      callbacks.onEpoch?.(report);
    }
    if ((step + 1) % checkpointEvery === 0) {
      await callbacks.saveCheckpoint?.(takeCheckpoint(model, optimizer, step + 1, sums));
    }
  }
  return report;
}

const noSums = (): EpochSums => ({ loss: 0, correct: 0, steps: 0 });
const startPace = () => ({ since: performance.now(), examples: 0 });

function reportEpoch(
  epoch: number,
  sums: EpochSums,
  batchSize: number,
  pace: { since: number; examples: number },
): EpochReport {
  return {
    epoch,
    loss: sums.loss / sums.steps,
    trainAccuracy: sums.correct / (sums.steps * batchSize),
    examplesPerSecond: (1000 * pace.examples) / (performance.now() - pace.since),
  };
}
