import type { Classifier } from '../models/model.js';
import type { DeviceDataset } from '../training/device-dataset.js';
import { type BatchOptions, overBatches } from './over-batches.js';

export type PredictOptions = BatchOptions;

/** The predicted class of every example, in order. Freeze a model before: it is faster. */
export async function predict(
  classifier: Classifier,
  dataset: DeviceDataset,
  options: PredictOptions,
): Promise<Int32Array> {
  const predictions = new Int32Array(dataset.size);
  await overBatches(
    classifier,
    dataset,
    (images) => classifier.forward(images).argMax(1).toInt(),
    (classes, from) => predictions.set(classes, from),
    options,
  );
  return predictions;
}
