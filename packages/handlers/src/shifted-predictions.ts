import { type Classifier, type DeviceDataset, tf, traceFunction } from '@toogit/engine';

/** What a model predicts for every image of a data set once one and the same perturbation is added. */
export interface ShiftedPredictions {
  /** @param perturbation [h,w,c] */
  of(perturbation: Float32Array, signal: AbortSignal): Promise<Int32Array>;
  dispose(): void;
}

/** One traced function for all perturbations. */
export function shiftedPredictions(
  model: Classifier,
  dataset: DeviceDataset,
  wantedBatch: number,
): ShiftedPredictions {
  const batchSize = Math.min(wantedBatch, dataset.size);
  const shape: [number, number, number, number] = [1, ...dataset.imageShape];
  const examples = [tf.zeros(shape) as tf.Tensor4D, tf.zeros([batchSize], 'int32') as tf.Tensor1D] as const;
  const classify = traceFunction(
    (delta: tf.Tensor4D, indices: tf.Tensor1D) => {
      const images = dataset.images(indices).add(delta).clipByValue(0, 1) as tf.Tensor4D;
      return model.forward(images).argMax(1).toInt();
    },
    examples,
    { variables: model.variables },
  );
  tf.dispose([...examples]);
  return {
    of: async (perturbation, signal) => {
      const delta = tf.tensor4d(perturbation, shape);
      const predictions = new Int32Array(dataset.size);
      try {
        for (let start = 0; start < dataset.size; start += batchSize) {
          signal.throwIfAborted();
          // A last batch that isn't full repeats its last example, so that all have one shape.
          const at = (i: number) => Math.min(start + i, dataset.size - 1);
          const indices = tf.tensor1d(
            Array.from({ length: batchSize }, (_, i) => at(i)),
            'int32',
          );
          const classes = await classify.async(delta, indices);
          predictions.set(classes.dataSync<'int32'>().subarray(0, dataset.size - start), start);
          tf.dispose([indices, classes]);
        }
        return predictions;
      } finally {
        delta.dispose();
      }
    },
    dispose: () => classify.dispose(),
  };
}
