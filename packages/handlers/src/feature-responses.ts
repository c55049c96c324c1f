import { canonicalJson } from '@toogit/core';
import { createFeatureAttack, type FeatureAttack, type tf } from '@toogit/engine';
import type { JobContext, JobHandler } from './context.js';
import { ClassSums } from './feature-sums.js';
import { type Input, oneInput } from './inputs.js';
import { datasetOnDevice, gatherBlock, loadFrozenModel, modelBytes } from './on-device.js';

/** What each penultimate feature responds to one block of examples, and how far PGD moves it, down and up. */
export const featureResponses: JobHandler<'feature-responses'> = async (context) => {
  const { params, artifacts } = context;
  const model = oneInput(context, 'model', 'model');
  const input = oneInput(context, 'dataset', 'dataset');
  const dataset = await datasetOnDevice(context, input);
  const attack = await armFeatures(context, model);
  const classes = input.facts.classNames.length;
  const { x, originalLabels } = gatherBlock(dataset, params.block);
  try {
    const sums = await measure(context, attack, x, originalLabels, classes);
    return {
      type: 'featureResponses',
      parts: [await artifacts.writeTensors('responses', sums.tensors())],
      meta: {
        perturbation: params.perturbation,
        model: model.jobKey,
        trainedOn: model.facts.trainedOn,
        evaluatedOn: input.facts.name,
        split: input.facts.split,
        block: params.block,
        features: sums.features,
        classes,
      },
    };
  } finally {
    x.dispose();
  }
};

/** Every block uses the same compiled attack: it stays on the device. */
function armFeatures(
  context: JobContext<'feature-responses'>,
  input: Input<'model'>,
): Promise<FeatureAttack> {
  const { perturbation } = context.params;
  const key = `feature-attack:${input.digest}:${canonicalJson(perturbation)}`;
  return context.deviceCache.get(key, async () => {
    const model = await loadFrozenModel(context, input);
    const value = createFeatureAttack(model, perturbation);
    const dispose = () => {
      value.dispose();
      model.dispose();
    };
    return { value, bytes: modelBytes(input), dispose };
  });
}

async function measure(
  context: JobContext<'feature-responses'>,
  attack: FeatureAttack,
  x: tf.Tensor4D,
  labels: Int32Array,
  classes: number,
): Promise<ClassSums> {
  const clean = await attack.features(x);
  const [, features] = clean.shape;
  const values = clean.dataSync<'float32'>();
  clean.dispose();
  const sums = new ClassSums(labels, classes, features);
  for (let feature = 0; feature < features; feature++) {
    sums.add(feature, 'clean', (example) => values[example * features + feature] as number);
    for (const direction of [-1, 1] as const) {
      const { values: extreme } = await attack.run(x, feature, direction, { signal: context.signal });
      const reached = extreme.dataSync<'float32'>();
      extreme.dispose();
      sums.add(feature, direction === -1 ? 'lowest' : 'highest', (example) => reached[example] as number);
    }
    context.progress({ done: feature + 1, total: features, unit: 'features' });
  }
  return sums;
}
