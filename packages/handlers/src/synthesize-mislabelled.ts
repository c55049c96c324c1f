import { allocate, elementCount, type HostTensor, type ManifestPart } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import { examplesPerPart, readDataset } from '@toogit/datasets';
import { tensorData } from './blocks.js';
import type { JobContext } from './context.js';
import { type Input, oneInput } from './inputs.js';
import type { Synthesis } from './synthesis.js';
import { synthesizedFacts } from './synthesized-facts.js';
import { partNamed } from './weights.js';

/**
 * Only the images that a model gets wrong, unperturbed, labelled as it took them: learning from the errors alone
 * (Wallace, "Learning from Incorrectly Labeled Data", Distill 2019).
 */
export const synthesizeMislabelled: Synthesis = async (context, dataset) => {
  const { artifacts, params } = context;
  const evaluation = oneInput(context, 'evaluation', 'evaluation');
  const predictions = await cleanPredictions(context, evaluation);
  const { images, labels } = await readDataset(artifacts, dataset.manifest);
  if (predictions.length !== labels.length) {
    const sizes = `${predictions.length} predictions and ${labels.length} examples`;
    throw new ToogitError('ARTIFACT_INVALID', `The evaluation is of another data set: ${sizes}.`);
  }
  const mistakes = Int32Array.from(labels.keys()).filter((index) => predictions[index] !== labels[index]);
  assertEnough(mistakes.length, dataset);
  const at = (values: Int32Array) => ({
    dtype: 'int32' as const,
    shape: [mistakes.length],
    data: mistakes.map((index) => values[index] as number),
  });
  const columns = await artifacts.writeTensors('columns', {
    labels: at(predictions),
    originalLabels: at(labels),
    sourceIndex: { dtype: 'int32', shape: [mistakes.length], data: mistakes },
  });
  const { imageDtype } = dataset.facts;
  return {
    parts: [...(await storeImages(context, images, mistakes)), columns],
    meta: {
      ...synthesizedFacts(dataset, params.construction, mistakes.length),
      imageDtype,
      labelsKept: 0,
    },
  };
};

async function cleanPredictions(
  { artifacts }: JobContext,
  { manifest }: Input<'evaluation'>,
): Promise<Int32Array> {
  return tensorData(Int32Array, await artifacts.readTensors(partNamed(manifest, 'predictions')), 'clean');
}

/** Fewer mistakes than classes are no training set. */
function assertEnough(mistakes: number, { facts: { name, split, examples, classNames } }: Input<'dataset'>) {
  if (mistakes >= classNames.length) return;
  throw new ToogitError(
    'SPEC_INVALID',
    `The model is wrong about ${mistakes} of the ${examples} examples of ${name} (${split}): too few to learn ` +
      `${classNames.length} classes from. Evaluate it on more images, or one that is trained for fewer epochs.`,
  );
}

/** The chosen images, in parts of the usual size. */
async function storeImages({ artifacts }: JobContext, images: HostTensor, chosen: Int32Array) {
  const { dtype } = images;
  const imageShape = images.shape.slice(1);
  const pixels = elementCount(imageShape);
  const parts: ManifestPart[] = [];
  const partSize = examplesPerPart(imageShape, dtype);
  for (let start = 0; start < chosen.length; start += partSize) {
    const indices = chosen.subarray(start, start + partSize);
    const data = allocate(dtype, indices.length * pixels);
    indices.forEach((index, position) => {
      data.set(images.data.subarray(index * pixels, (index + 1) * pixels), position * pixels);
    });
    const shape = [indices.length, ...imageShape];
    const name = `images-${String(parts.length).padStart(4, '0')}`;
    parts.push(await artifacts.writeTensors(name, { images: { dtype, shape, data } }));
  }
  return parts;
}
