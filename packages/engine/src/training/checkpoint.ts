import { ToogitError } from '@toogit/core';
import { tf } from '../backend/tf.js';
import type { Model, Weights } from '../models/model.js';
import type { Sgd } from './sgd.js';

/** Sums over the examples of the epoch so far. */
export interface EpochSums {
  loss: number;
  correct: number;
  examples: number;
}

/** All that a training needs to go on as if it had never stopped. */
export interface TrainingCheckpoint {
  /** Steps done. */
  step: number;
  /** `model.*`: weights and running statistics; `velocity.*`: momentum. */
  tensors: Weights;
  state: { epoch: EpochSums };
}

const modelPrefix = 'model.';
const velocityPrefix = 'velocity.';

export function takeCheckpoint(
  model: Model,
  optimizer: Sgd,
  step: number,
  epoch: EpochSums,
): TrainingCheckpoint {
  const tensors: Weights = new Map();
  for (const [name, tensor] of model.weights()) tensors.set(modelPrefix + name, tensor);
  optimizer.velocities.forEach((velocity, index) => {
    tensors.set(`${velocityPrefix}${index}`, {
      dtype: 'float32',
      shape: [...velocity.shape],
      data: (velocity.dataSync() as Float32Array).slice(),
    });
  });
  return { step, tensors, state: { epoch: { ...epoch } } };
}

/** @throws ToogitError ARTIFACT_INVALID where the checkpoint is of another model. */
export function restoreCheckpoint(model: Model, optimizer: Sgd, { tensors }: TrainingCheckpoint): void {
  const weights: Weights = new Map();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(modelPrefix)) weights.set(name.slice(modelPrefix.length), tensor);
  }
  model.loadWeights(weights);
  tf.tidy(() => {
    optimizer.velocities.forEach((velocity, index) => {
      const saved = tensors.get(`${velocityPrefix}${index}`);
      if (!saved) throw new ToogitError('ARTIFACT_INVALID', `the checkpoint has no velocity ${index}`);
      velocity.assign(tf.tensor(saved.data, saved.shape));
    });
  });
}
