import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import type { DeviceDataset } from '../training/device-dataset.js';

export interface PredictOptions {
  batchSize: number;
  signal?: AbortSignal;
  onBatch?: (progress: { done: number; total: number }) => void;
}

/** The predicted class of every example, in order. Freeze a model before: it is faster. */
export async function predict(
  classifier: Classifier,
  dataset: DeviceDataset,
  { batchSize, signal, onBatch }: PredictOptions,
): Promise<Int32Array> {
  const size = Math.min(batchSize, dataset.size);
  const predictions = new Int32Array(dataset.size);
  const example = tf.zeros([size], 'int32') as tf.Tensor1D;
  const classify = traceFunction(
    (indices: tf.Tensor1D) => classifier.forward(dataset.images(indices)).argMax(1).toInt(),
    [example],
    { variables: classifier.variables },
  );
  example.dispose();
  try {
    for (let start = 0; start < dataset.size; start += size) {
      signal?.throwIfAborted();
      const done = Math.min(start + size, dataset.size);
      predictions.set((await batch(classify, start, done, size)).subarray(0, done - start), start);
      onBatch?.({ done, total: dataset.size });
    }
  } finally {
    classify.dispose();
  }
  return predictions;
}

/** The last batch repeats its last example, so that all have one shape. */
async function batch(
  classify: { async(indices: tf.Tensor1D): Promise<tf.Tensor> },
  start: number,
  end: number,
  size: number,
): Promise<Int32Array> {
  const indices = tf.tensor1d(
    Int32Array.from({ length: size }, (_, index) => Math.min(start + index, end - 1)),
    'int32',
  );
  const classes = await classify.async(indices);
  const values = classes.dataSync() as Int32Array;
  tf.dispose([indices, classes]);
  return values;
}
