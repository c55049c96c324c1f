import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import type { DeviceDataset } from '../training/device-dataset.js';
import { type BatchOptions, overBatches } from './over-batches.js';

export type PredictOptions = BatchOptions;

/** In place of a class where the logits are not all finite: the largest of them means nothing. */
export const noClass = -1;

/** The class of each row of logits, int32 [n], or `noClass`. To be called within a traced function. */
export function predictedClass(logits: tf.Tensor2D): tf.Tensor1D {
  const classes = logits.argMax(1).toInt();
  const finite = logits.isFinite().all(1);
  return tf.where(finite, classes, tf.fill(classes.shape, noClass, 'int32')) as tf.Tensor1D;
}

/** The predicted class of every example, in order, or `noClass`. Freeze a model before: it is faster. */
export async function predict(
  classifier: Classifier,
  dataset: DeviceDataset,
  options: PredictOptions,
): Promise<Int32Array> {
  const predictions = new Int32Array(dataset.size);
  await overBatches(
    classifier,
    dataset,
    (images) => predictedClass(classifier.forward(images)),
    (classes, from) => predictions.set(classes, from),
    options,
  );
  return predictions;
}
