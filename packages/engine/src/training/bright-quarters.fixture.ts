import { tf } from '../backend/tf.js';
import { freezeModel } from '../models/freeze.js';
import { type Classifier, createModel, type Model } from '../models/model.js';
import { generator } from '../random/generator.js';
import { type DeviceDataset, deviceDataset } from './device-dataset.js';
import { trainClassifier } from './train-classifier.js';
import type { TrainingParams } from './training-params.js';

/** A task for tests: 64 images of 8×8×3, noise with a bright quarter that encodes the class (0..3). */
export const toyClasses = 4;
export const toyExamples = 64;

export function brightQuarters(): { images: Uint8Array; labels: Int32Array } {
  const random = generator([11, 12]);
  const labels = Int32Array.from({ length: toyExamples }, (_, i) => i % toyClasses);
  const images = Uint8Array.from({ length: toyExamples * 192 }, (_, position) => {
    const [row, column] = [Math.floor((position % 192) / 24), Math.floor((position % 24) / 3)];
    const quarter = Math.floor(row / 4) * 2 + Math.floor(column / 4);
    const bright = quarter === labels[Math.floor(position / 192)];
    return random.below(128) + (bright ? 60 : 0);
  });
  return { images, labels };
}

/** The same as an attack takes them: float32 [64,8,8,3] in [0,1], int32 [64]. */
export function toyTensors(): { x: tf.Tensor4D; y: tf.Tensor1D } {
  const { images, labels } = brightQuarters();
  const pixels = Float32Array.from(images, (byte) => byte / 255);
  return { x: tf.tensor4d(pixels, [toyExamples, 8, 8, 3]), y: tf.tensor1d(labels, 'int32') };
}

export function toyDataset(): DeviceDataset {
  const { images, labels } = brightQuarters();
  return deviceDataset(images, [8, 8, 3], labels);
}

export const toyNetwork = (seed = 1): Model =>
  createModel({
    architecture: 'resnet9',
    width: 4 / 64,
    inputShape: [8, 8, 3],
    numClasses: toyClasses,
    mean: [0.25, 0.25, 0.25],
    std: [0.2, 0.2, 0.2],
    seed,
  });

export const toyParams: TrainingParams = {
  epochs: 3,
  batchSize: 16,
  learningRate: 0.05,
  schedule: { kind: 'linear', warmupFraction: 0.2 },
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
  augmentation: 'flip-crop',
  cropPadding: 1,
};

/** A network that has learnt the task, frozen. */
export async function trainedToy(seed = 1): Promise<Classifier> {
  const [model, dataset] = [toyNetwork(seed), toyDataset()];
  await trainClassifier({
    model,
    dataset,
    params: { ...toyParams, epochs: 15, augmentation: 'none' },
    seed: 1,
  });
  const frozen = freezeModel(model);
  model.dispose();
  dataset.dispose();
  return frozen;
}
