import { ToogitError } from '@toogit/core';
import { type Classifier, type DeviceDataset, noClass, type PredictOptions, predict } from '@toogit/engine';
import type { Input } from './inputs.js';

/**
 * What a trained model predicts for every example.
 * @throws VALUE_NOT_FINITE naming the model's job
 */
export async function predictionsOf(
  model: Classifier,
  input: Input<'model'>,
  dataset: DeviceDataset,
  options: PredictOptions,
): Promise<Int32Array> {
  return finitePredictions(await predict(model, dataset, options), input);
}

/** @throws VALUE_NOT_FINITE if the model has no class for an example */
export function finitePredictions(classes: Int32Array, { jobKey }: Input<'model'>): Int32Array {
  const unknown = classes.filter((label) => label === noClass).length;
  if (unknown === 0) return classes;
  throw new ToogitError(
    'VALUE_NOT_FINITE',
    `The model of job ${jobKey} has logits that are not finite for ${unknown} of ${classes.length} images.`,
  );
}
