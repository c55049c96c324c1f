import type { InversionParams } from '@toogit/catalogue';
import { canonicalJson } from '@toogit/core';
import {
  type Classifier,
  createInversion,
  type DeviceDataset,
  deriveSeed,
  type Inversion,
  inversionStart,
  otherImages,
  tf,
} from '@toogit/engine';
import type { JobContext, JobHandler } from './context.js';
import { type Input, oneInput } from './inputs.js';
import { datasetOnDevice, gatherBlock, loadFrozenModel, modelBytes } from './on-device.js';
import { maximum, mean } from './summaries.js';

/** An inversion compiled for one model, and one of no steps that only measures how far a start is. */
interface CompiledInversion {
  inversion: Inversion;
  measurement: Inversion;
}

/** Columns of a block as they come from the device. */
interface InvertedBlock {
  images: Float32Array;
  originalLabels: Int32Array;
  startIndex: Int32Array;
  startDistance: Float32Array;
  representationDistance: Float32Array;
}

/** Finds, for one block of a data set and as one batch, other images that a model represents alike. */
export const invert: JobHandler<'invert'> = async (context) => {
  const model = oneInput(context, 'model', 'model');
  const datasetInput = oneInput(context, 'dataset', 'dataset');
  const dataset = await datasetOnDevice(context, datasetInput);
  const compiled = await compileInversion(context, model);
  const block = await invertBlock(context, compiled, dataset);
  const meta = describe(context, model, block);
  reportMetrics(context, model, datasetInput, meta.meanDistance);
  return {
    type: 'invertedExamples',
    parts: await store(context, block, datasetInput.facts.imageShape),
    meta,
  };
};

/** Every block uses the same compiled inversion: it stays on the device. */
function compileInversion(context: JobContext<'invert'>, input: Input<'model'>): Promise<CompiledInversion> {
  const { start: _, ...descent } = inversionOf(context);
  const key = `inversion:${input.digest}:${canonicalJson(descent)}`;
  return context.deviceCache.get(key, async () => {
    const model: Classifier = await loadFrozenModel(context, input);
    // The best of all iterates, as the robustness library of the paper's authors returns it.
    const inversion = createInversion(model, { ...descent, keepBest: true });
    const measurement = createInversion(model, { ...descent, steps: 0 });
    const dispose = () => {
      for (const each of [inversion, measurement, model]) each.dispose();
    };
    return { value: { inversion, measurement }, bytes: modelBytes(input), dispose };
  });
}

async function invertBlock(
  context: JobContext<'invert'>,
  { inversion, measurement }: CompiledInversion,
  dataset: DeviceDataset,
): Promise<InvertedBlock> {
  const { signal } = context;
  const { x, originalLabels } = gatherBlock(dataset, context.params.block);
  const { start, startIndex } = startsOf(context, dataset);
  try {
    const before = await measurement.run(x, start, { signal });
    const startDistance = before.distance.dataSync<'float32'>().slice();
    tf.dispose([before.images, before.distance]);
    const found = await inversion.run(x, start, {
      signal,
      onStep: ({ done, total }) => context.progress({ done, total, unit: 'steps' }),
    });
    const images = (await found.images.data<'float32'>()).slice();
    const representationDistance = found.distance.dataSync<'float32'>().slice();
    tf.dispose([found.images, found.distance]);
    return { images, originalLabels, startIndex, startDistance, representationDistance };
  } finally {
    tf.dispose([x, start]);
  }
}

/** Each example's start follows from the job's seed and its place in the data set: the cut into blocks changes none. */
function startsOf({ params, seed }: JobContext<'invert'>, dataset: DeviceDataset) {
  const { start, count } = params.block;
  if (params.start === 'other-image') {
    const startIndex = otherImages(dataset.size, count, start, seed);
    return { start: tf.tidy(() => dataset.images(tf.tensor1d(startIndex, 'int32'))), startIndex };
  }
  const shape: [number, number, number, number] = [1, ...dataset.imageShape];
  const noise = (position: number) =>
    inversionStart('noise', shape, deriveSeed(seed, 'start', start + position));
  return {
    start: tf.tidy(() => tf.concat(Array.from({ length: count }, (_, position) => noise(position)))),
    startIndex: new Int32Array(count).fill(-1),
  };
}

async function store(
  { artifacts, params }: JobContext<'invert'>,
  block: InvertedBlock,
  imageShape: [number, number, number],
) {
  const { start, count } = params.block;
  const int32 = (data: Int32Array) => ({ dtype: 'int32' as const, shape: [count], data });
  return [
    await artifacts.writeTensors('images', {
      images: { dtype: 'float32', shape: [count, ...imageShape], data: block.images },
    }),
    await artifacts.writeTensors('columns', {
      originalLabels: int32(block.originalLabels),
      sourceIndex: int32(Int32Array.from({ length: count }, (_, index) => start + index)),
      startIndex: int32(block.startIndex),
      representationDistance: { dtype: 'float32', shape: [count], data: block.representationDistance },
    }),
  ];
}

function inversionOf({ params }: JobContext<'invert'>): InversionParams {
  const { block: _, ...inversion } = params;
  return inversion;
}

function describe(
  context: JobContext<'invert'>,
  model: Input<'model'>,
  { startDistance, representationDistance }: InvertedBlock,
) {
  return {
    inversion: inversionOf(context),
    model: model.jobKey,
    block: context.params.block,
    meanStartDistance: mean(startDistance),
    meanDistance: mean(representationDistance),
    maxDistance: maximum(representationDistance),
  };
}

function reportMetrics(
  context: JobContext<'invert'>,
  { facts: { trainedOn, architecture, width } }: Input<'model'>,
  { facts: { name, split } }: Input<'dataset'>,
  meanDistance: number,
): void {
  const { start, count: n } = context.params.block;
  const about = { trainedOn, architecture, width, dataset: name, split, ...inversionOf(context) };
  context.metric({
    name: 'representationDistance',
    value: meanDistance,
    unit: '1',
    step: null,
    n,
    ci95: null,
    context: { ...about, firstExample: start },
  });
}
