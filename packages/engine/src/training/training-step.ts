import { tf } from '../backend/tf.js';
import { traceFunction } from '../backend/trace.js';
import type { Model } from '../models/model.js';
import { augment } from '../ops/augment.js';
import { crossEntropy } from '../ops/cross-entropy.js';
import type { Seed } from '../random/derive-seed.js';
import { seedTensor } from '../random/stateless.js';
import { adversarialBatch } from './adversarial-batch.js';
import { type Learner, trainableVariables } from './learner.js';
import type { Sgd } from './sgd.js';
import type { TrainingParams } from './training-params.js';

export interface TrainingStep {
  /** Moves the model by one batch. @returns its mean loss and how many were classified rightly, before the move */
  run(batch: { indices: Int32Array; seed: Seed; learningRate: number }): Promise<{
    loss: number;
    correct: number;
  }>;
  dispose(): void;
}

/** Gather, augment, attack if training is adversarial, forward, backward and update, as one TensorFlow function a size. */
export function trainingStep(
  model: Model,
  learner: Learner,
  optimizer: Sgd,
  params: TrainingParams,
): TrainingStep {
  const traced = new Map<number, TrainingStep>();
  return {
    run: (batch) => {
      const size = batch.indices.length;
      const step = traced.get(size) ?? traceTrainingStep(model, learner, optimizer, params, size);
      traced.set(size, step);
      return step.run(batch);
    },
    dispose: () => {
      for (const step of traced.values()) step.dispose();
    },
  };
}

function traceTrainingStep(
  model: Model,
  { dataset, logits: logitsOf }: Learner,
  optimizer: Sgd,
  params: TrainingParams,
  batchSize: number,
): TrainingStep {
  const { augmentation, cropPadding = 4, labelSmoothing = 0, precision = 'float32', adversarial } = params;
  const trainable = trainableVariables(model, params);
  const step = (indices: tf.Tensor1D, seed: tf.Tensor1D, learningRate: tf.Scalar) => {
    const plain = dataset.images(indices);
    const augmented = augmentation === 'none' ? plain : augment(plain, seed, augmentation, cropPadding);
    const labels = dataset.labels(indices);
    const images = adversarial ? adversarialBatch(model, adversarial, augmented, labels, seed) : augmented;
    let correct = tf.scalar(0);
    const { value, grads } = tf.variableGrads(() => {
      const logits = logitsOf(images);
      correct = tf.keep(countCorrect(logits, labels));
      return crossEntropy(logits, labels, labelSmoothing).mean<tf.Scalar>();
    }, trainable);
    optimizer.apply(grads, learningRate);
    const result = tf.stack([value, correct]);
    correct.dispose(); // no longer the scope's own since it was kept
    return result;
  };
  const examples = inputs({ indices: new Int32Array(batchSize), seed: [0, 0], learningRate: 0 });
  const traced = traceFunction(step, examples, {
    variables: [...model.variables, ...optimizer.velocities],
    precision,
  });
  tf.dispose(examples);
  return {
    run: async (batch) => {
      const given = inputs(batch);
      const result = await traced.async(...given);
      const [loss, correct] = result.dataSync() as unknown as [number, number];
      tf.dispose([result, ...given]);
      return { loss, correct };
    },
    dispose: traced.dispose,
  };
}

function inputs(batch: {
  indices: Int32Array;
  seed: Seed;
  learningRate: number;
}): [tf.Tensor1D, tf.Tensor1D, tf.Scalar] {
  return [tf.tensor1d(batch.indices, 'int32'), seedTensor(batch.seed), tf.scalar(batch.learningRate)];
}

function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return logits.argMax(1).equal(labels).toFloat().sum();
}
