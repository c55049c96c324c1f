import type { Precision } from '../backend/config-proto.js';
import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import type { Classifier } from '../models/model.js';
import type { DeviceDataset } from '../training/device-dataset.js';

export interface BatchOptions {
  batchSize: number;
  /** Of convolutions and matrix products; float32 unless given. */
  precision?: Precision;
  signal?: AbortSignal;
  onBatch?: (progress: { done: number; total: number }) => void;
}

/**
 * The outputs of a classifier for every example, batch by batch and in order, from one traced function.
 * @param compute [b,h,w,c] -> [b,...]
 * @param take the values of examples from..to-1, row-major
 */
export async function overBatches(
  classifier: Classifier,
  dataset: DeviceDataset,
  compute: (images: tf.Tensor4D) => tf.Tensor,
  take: (values: Float32Array | Int32Array, from: number) => void,
  { batchSize, precision = 'float32', signal, onBatch }: BatchOptions,
): Promise<void> {
  const size = Math.min(batchSize, dataset.size);
  const example = tf.zeros([size], 'int32') as tf.Tensor1D;
  const traced = traceFunction((indices: tf.Tensor1D) => compute(dataset.images(indices)), [example], {
    variables: classifier.variables,
    precision,
  });
  example.dispose();
  try {
    for (let from = 0; from < dataset.size; from += size) {
      signal?.throwIfAborted();
      const to = Math.min(from + size, dataset.size);
      const values = await batch(traced, from, to, size);
      take(values.subarray(0, (values.length / size) * (to - from)), from);
      onBatch?.({ done: to, total: dataset.size });
    }
  } finally {
    traced.dispose();
  }
}

/** The last batch repeats its last example, so that all have one shape. */
async function batch(
  traced: { async(indices: tf.Tensor1D): Promise<tf.Tensor> },
  from: number,
  to: number,
  size: number,
): Promise<Float32Array | Int32Array> {
  const indices = tf.tensor1d(
    Int32Array.from({ length: size }, (_, index) => Math.min(from + index, to - 1)),
    'int32',
  );
  const result = await traced.async(indices);
  const values = result.dataSync() as Float32Array | Int32Array;
  tf.dispose([indices, result]);
  return values;
}
