import type { HostTensor } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import { readDataset } from '@toogit/datasets';
import {
  type Classifier,
  computesFinite,
  createModel,
  type DeviceDataset,
  deviceDataset,
  freezeModel,
  type Model,
  tf,
} from '@toogit/engine';
import type { JobContext } from './context.js';
import type { Input } from './inputs.js';
import { weightsOf } from './weights.js';

type DeviceContext = Pick<JobContext, 'artifacts' | 'deviceCache'>;

/** A data set's images and labels on the device, kept there for the jobs that follow. */
export function datasetOnDevice(
  { artifacts, deviceCache }: DeviceContext,
  { digest, manifest, facts }: Input<'dataset'>,
): Promise<DeviceDataset> {
  return deviceCache.get(`dataset:${digest}`, async () => {
    const { images, labels } = await readDataset(artifacts, manifest);
    const value = deviceDataset(pixelsOf(images), facts.imageShape, labels);
    return { value, bytes: value.bytes, dispose: () => value.dispose() };
  });
}

/** uint8 0..255, or float32 in [0,1]. */
export function pixelsOf({ dtype, data }: HostTensor): Uint8Array | Float32Array {
  if (data instanceof Int32Array) throw new ToogitError('ARTIFACT_INVALID', `Images are ${dtype}.`);
  return data;
}

/** A block of examples as one batch; the caller disposes of `x`, float32 [count,h,w,c]. */
export function gatherBlock(dataset: DeviceDataset, { start, count }: { start: number; count: number }) {
  const indices = tf.range(start, start + count, 1, 'int32');
  const x = tf.tidy(() => dataset.images(indices));
  const labels = dataset.labels(indices);
  const originalLabels = Int32Array.from(labels.dataSync());
  tf.dispose([indices, labels]);
  return { x, originalLabels };
}

/** A trained model as it evaluates, kept on the device for the jobs that follow. */
export function frozenModel(context: DeviceContext, input: Input<'model'>): Promise<Classifier> {
  return context.deviceCache.get(`model:${input.digest}`, async () => {
    const value = await loadFrozenModel(context, input);
    return { value, bytes: modelBytes(input), dispose: () => value.dispose() };
  });
}

/**
 * A trained model as it evaluates: nothing in it can change. The caller disposes of it.
 * @throws VALUE_NOT_FINITE where it computes what is not finite
 */
export async function loadFrozenModel({ artifacts }: DeviceContext, input: Input<'model'>) {
  const model = await loadModel(artifacts, input);
  const frozen = freezeModel(model);
  model.dispose();
  return frozen;
}

async function loadModel(
  artifacts: JobContext['artifacts'],
  { manifest, facts, jobKey }: Input<'model'>,
): Promise<Model> {
  const { architecture, width, depth, numClasses, imageShape: inputShape, mean, std } = facts;
  const model = createModel({ architecture, width, depth, numClasses, inputShape, mean, std, seed: 0 });
  model.loadWeights(await weightsOf(artifacts, manifest));
  if (computesFinite(model)) return model;
  model.dispose();
  throw new ToogitError(
    'VALUE_NOT_FINITE',
    `The model of job ${jobKey} computes values that are not finite: its weights are too large.`,
  );
}

/** The bytes that a model of so many parameters takes on the device. */
export const modelBytes = ({ facts }: Input<'model'>): number => 4 * facts.parameterCount;
