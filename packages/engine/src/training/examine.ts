import { wilsonInterval } from '@toogit/core';
import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import { type Accuracy, accuracy } from '../metrics/accuracy.js';
import type { Model } from '../models/model.js';
import { evenBatches } from './batches.js';
import type { DeviceDataset } from './device-dataset.js';
import { diverged, type TrainingPosition } from './divergence.js';

/** What a trained model predicts of its training images, without augmentation and as it evaluates. */
export interface TrainedPredictions {
  trainEvaluation: Accuracy;
  /** How many different classes it predicts. */
  predictedClasses: number;
  /** It predicts one class only, or cannot be distinguished (99 %) from what always predicts the commonest one. */
  collapsed: boolean;
}

/** Enough to tell 11 % from 10 %. */
const mostExamples = 2_000;
const batchSize = 500;
/** From here on neighbouring float32 numbers are 1 or more apart: a softmax of such logits is rounding. */
const largestLogit = 2 ** 24;

/** @throws ToogitError TRAINING_DIVERGED where what a layer computes is not finite, or logits so large that they tell nothing */
export async function examine(
  model: Model,
  dataset: DeviceDataset,
  at: TrainingPosition,
): Promise<TrainedPredictions> {
  const n = Math.min(dataset.size, mostExamples);
  const batches = evenBatches(n, batchSize);
  const [predictions, labels] = [new Int32Array(n), new Int32Array(n)];
  for (let batch = 0; batch < batches.count; batch++) {
    const [from, to] = batches.range(batch);
    const found = await predictBatch(model, dataset, evenlySpaced(dataset.size, n, from, to));
    const bad = found.largestLogits.find((logit) => !(logit < largestLogit));
    if (bad !== undefined) {
      const what = Number.isNaN(bad) ? 'computes values that are not finite' : `has logits of ${bad}`;
      throw diverged(`the trained model ${what}`, at);
    }
    predictions.set(found.predictions, from);
    labels.set(found.labels, from);
  }
  return judge(predictions, labels);
}

export function judge(predictions: Int32Array, labels: Int32Array): TrainedPredictions {
  const trainEvaluation = accuracy(predictions, labels);
  const predictedClasses = new Set(predictions).size;
  const ofClass = new Map<number, number>();
  for (const label of labels) ofClass.set(label, (ofClass.get(label) ?? 0) + 1);
  const commonest = Math.max(...ofClass.values()) / labels.length;
  const [atLeast] = wilsonInterval(trainEvaluation.correct, trainEvaluation.n, 0.99);
  const collapsed = ofClass.size > 1 && (predictedClasses === 1 || atLeast <= commonest);
  return { trainEvaluation, predictedClasses, collapsed };
}

/** Examples from..to-1 of n that are spread over the whole data set, which may be sorted by class. */
const evenlySpaced = (size: number, n: number, from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => Math.floor(((from + i) * size) / n));

async function predictBatch(model: Model, dataset: DeviceDataset, indices: Int32Array) {
  const given = tf.tensor1d(indices, 'int32');
  const traced = traceFunction(
    (indices: tf.Tensor1D) => {
      const { logits, finite } = model.checkedForward(dataset.images(indices));
      const size = tf.where(finite, logits.abs().max(1), tf.fill([indices.size], Number.NaN));
      return [logits.argMax(1).toInt(), dataset.labels(indices), size];
    },
    [given],
    { variables: model.variables },
  );
  const results = (await traced.async(given)) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [predictions, labels, largestLogits] = results.map((each) => each.dataSync().slice()) as [
    Int32Array,
    Int32Array,
    Float32Array,
  ];
  tf.dispose([given, ...results]);
  traced.dispose();
  return { predictions, labels, largestLogits };
}
