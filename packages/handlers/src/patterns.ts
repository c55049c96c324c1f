import {
  type AttackParams,
  type AttackSuccess,
  type JobResult,
  type Proportion,
  patternNames,
} from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { readDataset } from '@toogit/datasets';
import {
  type Classifier,
  type DeviceDataset,
  deriveSeed,
  deviceDataset,
  universalPerturbation,
} from '@toogit/engine';
import { type AdversarialColumns, attackOfBlocks, inOrder, readColumns } from './adversarial-blocks.js';
import { gallery, joined, onGrey, predictedClasses } from './bare-patterns.js';
import { examplesIn } from './blocks.js';
import type { JobContext, JobHandler } from './context.js';
import { type Input, manyInputs, oneInput } from './inputs.js';
import { frozenModel, pixelsOf } from './on-device.js';
import { mostEffective, type PerturbationsByClass, perturbationsByClass } from './perturbations.js';
import { shiftedPredictions } from './shifted-predictions.js';
import { proportion, proportionOrNull } from './summaries.js';

type Result = JobResult<'patterns'>;
type Patterns = Record<(typeof patternNames)[number], Float32Array[]>;

/** All that the patterns are made of. */
interface Attacked {
  model: Classifier;
  /** The images that were attacked, in their order, and what became of them. */
  images: DeviceDataset;
  columns: AdversarialColumns;
  byClass: PerturbationsByClass;
  attack: AttackParams;
}

/** The perturbation patterns of each class, as a gallery, and what other models predict for them on grey. */
export const patterns: JobHandler<'patterns'> = async (context) => {
  const { artifacts, params } = context;
  const dataset = oneInput(context, 'dataset', 'dataset');
  const attacked = await loadAttacked(context, dataset);
  const { attack, byClass } = attacked;
  const { imageShape, classNames } = dataset.facts;
  try {
    const universal = await universalPatterns(context, attacked, classNames.length);
    const effective = await mostEffective(attacked.model, attacked.images, attacked.columns, byClass, {
      batchSize: params.batchSize,
      signal: context.signal,
    });
    const found: Patterns = {
      mean: byClass.means,
      'most-effective': effective,
      universal: universal.patterns,
    };
    const meta = {
      attack,
      classNames,
      perClass: byClass.counts,
      amplification: params.amplification,
      universalSuccess: universal.success,
      onGrey: await askModels(context, found, attack, imageShape),
    };
    reportMetrics(context, dataset, meta);
    const png = gallery(Object.values(found), imageShape);
    return {
      type: 'patterns',
      parts: [
        await storePatterns(context, found, imageShape),
        await artifacts.writeBytes('gallery.png', 'image/png', png),
      ],
      meta,
    };
  } finally {
    attacked.images.dispose();
  }
};

async function loadAttacked(context: JobContext<'patterns'>, dataset: Input<'dataset'>): Promise<Attacked> {
  const { artifacts } = context;
  const blocks = inOrder(manyInputs(context, 'adversarialExamples', 'adversarialExamples'));
  const { attack } = attackOfBlocks(blocks);
  if (attack.targets === 'none') {
    throw new ToogitError('ARTIFACT_INVALID', 'Untargeted perturbations are patterns of no class.');
  }
  const byClass = await perturbationsByClass(artifacts, dataset, blocks);
  const columns = await readColumns(artifacts, blocks);
  const model = await frozenModel(context, oneInput(context, 'sourceModel', 'model'));
  const start = blocks[0]?.facts.block.start ?? 0;
  const examples = await readDataset(artifacts, dataset.manifest, { start, count: examplesIn(blocks) });
  const images = deviceDataset(pixelsOf(examples.images), dataset.facts.imageShape, examples.labels);
  return { model, images, columns, byClass, attack };
}

/** One perturbation of all attacked images for each class, and how many images of other classes it turns. */
async function universalPatterns(
  context: JobContext<'patterns'>,
  { model, images, columns: { originalLabels }, attack }: Attacked,
  classes: number,
): Promise<{ patterns: Float32Array[]; success: AttackSuccess[] }> {
  const { params, seed, signal } = context;
  const { norm, epsilon, stepSize, precision } = attack;
  const batchSize = Math.min(params.batchSize, images.size);
  const steps = params.universalEpochs * Math.ceil(images.size / batchSize);
  const shifted = shiftedPredictions(model, images, batchSize);
  try {
    const found: Float32Array[] = [];
    const success: AttackSuccess[] = [];
    for (let target = 0; target < classes; target++) {
      const settings = { norm, epsilon, stepSize, precision, steps, batchSize, target };
      const { delta } = await universalPerturbation(
        model,
        images,
        settings,
        deriveSeed(seed, 'universal', target),
        {
          signal,
          onStep: ({ done }) =>
            context.progress({ done: target * steps + done, total: classes * steps, unit: 'steps' }),
        },
      );
      const pattern = delta.dataSync<'float32'>().slice();
      delta.dispose();
      const predictions = await shifted.of(pattern, signal);
      const others = predictions.filter((_, index) => originalLabels[index] !== target);
      found.push(pattern);
      success.push(proportionOrNull(others.filter((label) => label === target).length, others.length));
    }
    return { patterns: found, success };
  } finally {
    shifted.dispose();
  }
}

/** Every evaluated model about every class's bare pattern. */
async function askModels(
  context: JobContext<'patterns'>,
  found: Patterns,
  { norm, epsilon }: AttackParams,
  imageShape: [number, number, number],
): Promise<Result['onGrey']> {
  const { names, amplification } = context.params;
  const models = manyInputs(context, 'evaluatedModels', 'model');
  if (models.length !== names.length) {
    throw new ToogitError('INTERNAL', `${names.length} names are given for ${models.length} models.`);
  }
  const answers: Result['onGrey'] = [];
  for (const pattern of patternNames) {
    const images = found[pattern].map((one) => onGrey(one, norm, epsilon * amplification));
    for (const [index, input] of models.entries()) {
      const model = await frozenModel(context, input);
      const predicted = await predictedClasses(model, input, images, imageShape, context.signal);
      const recognised = predicted.filter((label, own) => label === own).length;
      answers.push({
        pattern,
        model: names[index] as string,
        recognised: proportion(recognised, images.length),
        predictedClass: [...predicted],
      });
    }
  }
  return answers;
}

function storePatterns(
  { artifacts }: JobContext<'patterns'>,
  found: Patterns,
  imageShape: [number, number, number],
) {
  const tensors = Object.entries(found).map(([name, patterns]) => [
    name,
    { dtype: 'float32' as const, shape: [patterns.length, ...imageShape], data: joined(patterns) },
  ]);
  return artifacts.writeTensors('patterns', Object.fromEntries(tensors));
}

function reportMetrics(
  context: JobContext<'patterns'>,
  { facts }: Input<'dataset'>,
  { attack, amplification, classNames, universalSuccess, onGrey }: Result,
): void {
  const about = { dataset: facts.name, split: facts.split, ...attack };
  const fraction = (name: string, { value, n, ci95 }: Proportion, more: Record<string, string | number>) =>
    context.metric({ name, value, unit: 'fraction', step: null, n, ci95, context: { ...about, ...more } });
  universalSuccess.forEach((rate, label) => {
    if (rate !== null) fraction('universalSuccessRate', rate, { targetClass: classNames[label] ?? label });
  });
  for (const { pattern, model, recognised } of onGrey) {
    fraction('patternsRecognised', recognised, { pattern, evaluatedModel: model, amplification });
  }
}
