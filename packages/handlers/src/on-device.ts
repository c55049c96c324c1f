import type { HostTensor } from '@toogit/artifacts';
import { readDataset } from '@toogit/datasets';
import { createModel, type DeviceDataset, deviceDataset, freezeModel, type Model } from '@toogit/engine';
import { ToogitError } from '@toogit/errors';
import type { JobContext } from './context.js';
import type { Input } from './inputs.js';
import { weightsOf } from './weights.js';

type Surroundings = Pick<JobContext, 'artifacts' | 'deviceCache'>;

/** A data set's images and labels on the device, kept there for the jobs that follow. */
export function datasetOnDevice(
  { artifacts, deviceCache }: Surroundings,
  { digest, manifest, facts }: Input<'dataset'>,
): Promise<DeviceDataset> {
  return deviceCache.get(`dataset:${digest}`, async () => {
    const { images, labels } = await readDataset(artifacts, manifest);
    const value = deviceDataset(pixelsOf(images), facts.imageShape, labels);
    return { value, bytes: value.bytes, dispose: () => value.dispose() };
  });
}

function pixelsOf({ dtype, data }: HostTensor): Uint8Array | Float32Array {
  if (data instanceof Int32Array) throw new ToogitError('ARTIFACT_INVALID', `Images are ${dtype}.`);
  return data;
}

/** A trained model as it evaluates: nothing in it can change. The caller disposes of it. */
export async function loadFrozenModel({ artifacts }: Surroundings, input: Input<'model'>) {
  const model = await loadModel(artifacts, input);
  const frozen = freezeModel(model);
  model.dispose();
  return frozen;
}

async function loadModel(
  artifacts: JobContext['artifacts'],
  { manifest, facts }: Input<'model'>,
): Promise<Model> {
  const { architecture, width, depth, numClasses, imageShape, mean, std } = facts;
  const model = createModel({
    architecture,
    width,
    depth,
    numClasses,
    inputShape: imageShape,
    mean,
    std,
    seed: 0,
  });
  model.loadWeights(await weightsOf(artifacts, manifest));
  return model;
}

/** The bytes that a model of so many parameters takes on the device. */
export const modelBytes = ({ facts }: Input<'model'>): number => 4 * facts.parameterCount;
