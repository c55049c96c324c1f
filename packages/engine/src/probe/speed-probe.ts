import { createAttack } from '../attacks/attack.js';
import { tf } from '../backend/tf.js';
import { freezeModel } from '../models/freeze.js';
import { createModel, type Model } from '../models/model.js';
import { deviceDataset } from '../training/device-dataset.js';
import { trainClassifier } from '../training/train-classifier.js';

/** How fast this engine computes: an eighth of a ResNet-9 on images of 32×32, in seconds. */
export interface Speed {
  /** One step of standard training on 128 images. */
  trainStepSeconds: number;
  /** One step of PGD on 250: a block has more examples than a batch, and more is slower where caches are full. */
  attackStepSeconds: number;
}

const size = 32;
const batchSize = 128;
const blockSize = 250;
/** Each of the two is timed for so long, or for one step where that takes longer. */
const timedMs = 500;

/**
 * Times training and PGD of an eighth of a ResNet-9 on noise, in about two seconds. The signal ends it between two steps,
 * with its reason.
 */
export async function probeSpeed(signal: AbortSignal): Promise<Speed> {
  const model = createModel({
    ...{ architecture: 'resnet9', width: 0.125, depth: null, numClasses: 10 },
    ...{ inputShape: [size, size, 3], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], seed: 1 },
  });
  try {
    return {
      trainStepSeconds: await timeTraining(model, signal),
      attackStepSeconds: await timeAttack(model, signal),
    };
  } finally {
    model.dispose();
  }
}

/** Steps end when `onStep` throws: enough have been timed. */
class Enough extends Error {}

/** The first step, which is traced, does not count. */
function stopwatch() {
  let first: number | null = null;
  let steps = 0;
  let last = 0;
  return {
    onStep: () => {
      last = performance.now();
      if (first === null) first = last;
      else steps++;
      if (steps > 0 && last - first > timedMs) throw new Enough();
    },
    secondsOfStep: () => (last - (first ?? last)) / 1000 / steps,
  };
}

async function timeTraining(model: Model, signal: AbortSignal): Promise<number> {
  const images = new Uint8Array(batchSize * size * size * 3).map((_, i) => (i * 37) % 256);
  const dataset = deviceDataset(
    images,
    [size, size, 3],
    new Int32Array(batchSize).map((_, i) => i % 10),
  );
  const watch = stopwatch();
  try {
    await trainClassifier({
      model,
      dataset,
      params: {
        ...{ epochs: 10_000, batchSize, learningRate: 1e-4, schedule: { kind: 'constant' }, momentum: 0.9 },
        ...{ nesterov: true, weightDecay: 5e-4, augmentation: 'flip-crop', labelSmoothing: 0 },
      },
      seed: 1,
      signal,
      onStep: watch.onStep,
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    dataset.dispose();
  }
  return watch.secondsOfStep();
}

async function timeAttack(model: Model, signal: AbortSignal): Promise<number> {
  const watch = stopwatch();
  const frozen = freezeModel(model);
  const attack = createAttack(frozen, {
    ...{ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 10_000, targeted: false },
    ...{ randomStart: false, restarts: 1, gradientSamples: 1 },
  });
  const x = tf.fill([blockSize, size, size, 3], 0.5) as tf.Tensor4D;
  const labels = tf.zeros([blockSize], 'int32') as tf.Tensor1D;
  try {
    await attack.run(x, labels, 1, { signal, onStep: watch.onStep });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    tf.dispose([x, labels]);
    attack.dispose();
    frozen.dispose();
  }
  return watch.secondsOfStep();
}
