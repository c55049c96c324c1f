import type { Classifier } from '../models/model.js';
import type { DeviceDataset } from '../training/device-dataset.js';
import { type BatchOptions, overBatches } from './over-batches.js';

/** The features of every example, in order: [examples, features], row-major. Freeze a model before: it is faster. */
export async function penultimateFeatures(
  classifier: Classifier,
  dataset: DeviceDataset,
  options: BatchOptions,
): Promise<Float32Array> {
  const rows: Float32Array[] = [];
  await overBatches(
    classifier,
    dataset,
    (images) => classifier.features(images),
    (values) => void rows.push(values as Float32Array),
    options,
  );
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let end = 0;
  for (const row of rows) {
    all.set(row, end);
    end += row.length;
  }
  return all;
}
