import { tf } from '../backend/tf.js';
import { penultimateFeatures } from '../metrics/penultimate-features.js';
import { freezeModel } from '../models/freeze.js';
import type { Model } from '../models/model.js';
import { type DeviceDataset, deviceDataset } from './device-dataset.js';
import type { TrainingParams } from './training-params.js';

/** Examples at once where only features are computed. */
const featureBatch = 500;

/** What a training descends by: logits, and the examples they come from. */
export interface Learner {
  readonly dataset: DeviceDataset;
  logits(images: tf.Tensor4D): tf.Tensor2D;
  /** Frees what was made for this training only. */
  dispose(): void;
}

/** The variables that a training moves. */
export function trainableVariables(model: Model, { trainable = 'all' }: TrainingParams): tf.Variable[] {
  if (trainable === 'all') return model.trainableVariables;
  const { name, bias } = model.classifier;
  return ['kernel', ...(bias ? ['bias'] : [])].map((suffix) => model.parameter(`${name}.${suffix}`));
}

export async function learnerOf(
  model: Model,
  dataset: DeviceDataset,
  params: TrainingParams,
  signal?: AbortSignal,
): Promise<Learner> {
  if ((params.trainable ?? 'all') === 'all') return wholeModel(model, dataset);
  const imagesStay = params.augmentation === 'none' && !params.adversarial;
  return imagesStay ? classifierOnFeatures(model, dataset, params, signal) : classifier(model, dataset);
}

const wholeModel = (model: Model, dataset: DeviceDataset): Learner => ({
  dataset,
  logits: (images) => model.forward(images, 'training'),
  dispose: () => {},
});

/** The last layer, on features of the model as it evaluates: the body's weights and statistics stay as they are. */
const classifier = (model: Model, dataset: DeviceDataset): Learner => ({
  dataset,
  logits: (images) => model.forward(images, 'evaluation'),
  dispose: () => {},
});

/** The same where images never change: their features are computed once, and stand in the place of the images. */
async function classifierOnFeatures(
  model: Model,
  dataset: DeviceDataset,
  { precision = 'float32' }: TrainingParams,
  signal?: AbortSignal,
): Promise<Learner> {
  const frozen = freezeModel(model);
  const { inputs } = model.classifier;
  try {
    const options = { batchSize: featureBatch, precision, ...(signal && { signal }) };
    const features = await penultimateFeatures(frozen, dataset, options);
    const stored = deviceDataset(features, [1, 1, inputs], labelsOf(dataset));
    return {
      dataset: stored,
      logits: (features) => model.classify(features.reshape([-1, inputs])),
      dispose: stored.dispose,
    };
  } finally {
    frozen.dispose();
  }
}

function labelsOf(dataset: DeviceDataset): Int32Array {
  const labels = tf.tidy(() => dataset.labels(tf.range(0, dataset.size, 1, 'int32') as tf.Tensor1D));
  const values = labels.dataSync() as Int32Array;
  labels.dispose();
  return values;
}
