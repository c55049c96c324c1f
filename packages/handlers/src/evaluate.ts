import type { GroupAccuracy, JobResult, Proportion } from '@toogit/catalogue';
import { readColumns as readDatasetColumns } from '@toogit/datasets';
import { accuracy, type Classifier, deviceDataset } from '@toogit/engine';
import { attackOfBlocks, inOrder, readColumns, readImages } from './adversarial-blocks.js';
import { attackSuccess, effectOf, robustAccuracy } from './attack-outcome.js';
import type { JobContext, JobHandler } from './context.js';
import { type Input, manyInputs, oneInput } from './inputs.js';
import { datasetOnDevice, frozenModel } from './on-device.js';
import { predictionsOf } from './predictions.js';

/** Accuracy of a model on a data set, and on adversarial examples of it where there are any. */
export const evaluate: JobHandler<'evaluate'> = async (context) => {
  const evaluatedModel = oneInput(context, 'evaluatedModel', 'model');
  const dataset = oneInput(context, 'dataset', 'dataset');
  const blocks = inOrder(manyInputs(context, 'adversarialExamples', 'adversarialExamples'));
  const model = await frozenModel(context, evaluatedModel);
  const report = progressOver(context, dataset, blocks);

  const clean = await evaluateClean(context, model, evaluatedModel, dataset, report);
  const adversarial =
    blocks.length === 0
      ? null
      : await evaluateAdversarial(context, model, evaluatedModel, blocks, clean.predictions, report);
  const { name: evaluatedOn, split } = dataset.facts;
  const meta = {
    trainedOn: evaluatedModel.facts.trainedOn,
    evaluatedOn,
    split,
    clean: clean.accuracy,
    perClassAccuracy: clean.perClass,
    adversarial: adversarial?.facts ?? null,
  };
  reportMetrics(context, evaluatedModel, meta);
  return {
    type: 'evaluation',
    parts: [await storePredictions(context, clean.predictions, adversarial?.predictions)],
    meta,
  };
};

type ReportBatch = (done: number) => void;

/** One count over clean and adversarial examples. */
function progressOver(
  context: JobContext<'evaluate'>,
  { facts }: Input<'dataset'>,
  blocks: Input<'adversarialExamples'>[],
): { clean: ReportBatch; adversarial: ReportBatch } {
  const total = blocks.reduce((sum, block) => sum + block.facts.block.count, facts.examples);
  const progress = (done: number) => context.progress({ done, total, unit: 'images' });
  return { clean: progress, adversarial: (done) => progress(facts.examples + done) };
}

async function evaluateClean(
  context: JobContext<'evaluate'>,
  model: Classifier,
  evaluatedModel: Input<'model'>,
  input: Input<'dataset'>,
  report: { clean: ReportBatch },
) {
  const { labels } = await readDatasetColumns(context.artifacts, input.manifest);
  const dataset = await datasetOnDevice(context, input);
  const predictions = await predictionsOf(model, evaluatedModel, dataset, {
    batchSize: context.params.batchSize,
    signal: context.signal,
    onBatch: ({ done }) => report.clean(done),
  });
  return {
    predictions,
    accuracy: accuracy(predictions, labels),
    perClass: accuracyByClass(predictions, labels, input.facts.classNames.length),
  };
}

function accuracyByClass(predictions: Int32Array, labels: Int32Array, numClasses: number): GroupAccuracy[] {
  return Array.from({ length: numClasses }, (_, label) => {
    const ofClass = (_: number, index: number) => labels[index] === label;
    const own = accuracy(predictions.filter(ofClass), labels.filter(ofClass));
    return own.n > 0 ? own : { n: 0, correct: 0, accuracy: null, ci95: null };
  });
}

async function evaluateAdversarial(
  { artifacts, params, signal }: JobContext<'evaluate'>,
  model: Classifier,
  evaluatedModel: Input<'model'>,
  blocks: Input<'adversarialExamples'>[],
  cleanPredictions: Int32Array,
  report: { adversarial: ReportBatch },
) {
  const { attack, sourceModel } = attackOfBlocks(blocks);
  const columns = await readColumns(artifacts, blocks);
  const examples = deviceDataset(
    await readImages(artifacts, blocks),
    model.inputShape,
    columns.originalLabels,
  );
  try {
    const predictions = await predictionsOf(model, evaluatedModel, examples, {
      batchSize: params.batchSize,
      signal,
      onBatch: ({ done }) => report.adversarial(done),
    });
    const clean = columns.sourceIndex.map((index) => cleanPredictions[index] as number);
    const facts = {
      attack,
      sourceModel,
      whiteBox: sourceModel === evaluatedModel.jobKey,
      clean: accuracy(clean, columns.originalLabels),
      robust: robustAccuracy(clean, predictions, columns.originalLabels),
      attackSuccess: attackSuccess(predictions, columns, attack),
      ...effectOf(blocks, columns),
    };
    return { predictions, facts };
  } finally {
    examples.dispose();
  }
}

function storePredictions({ artifacts }: JobContext, clean: Int32Array, adversarial: Int32Array | undefined) {
  const int32 = (data: Int32Array) => ({ dtype: 'int32' as const, shape: [data.length], data });
  return artifacts.writeTensors('predictions', {
    clean: int32(clean),
    ...(adversarial === undefined ? {} : { adversarial: int32(adversarial) }),
  });
}

function reportMetrics(
  context: JobContext<'evaluate'>,
  { facts }: Input<'model'>,
  { trainedOn, evaluatedOn, split, clean, adversarial }: JobResult<'evaluate'>,
): void {
  const { architecture, width, depth } = facts;
  const about = { trainedOn, evaluatedOn, split, architecture, width, ...(depth !== null && { depth }) };
  const fraction = (name: string, { value, n, ci95 }: Omit<Proportion, 'count'>, more: object = {}) =>
    context.metric({ name, value, unit: 'fraction', step: null, n, ci95, context: { ...about, ...more } });
  fraction('cleanAccuracy', { value: clean.accuracy, ...clean });
  if (adversarial === null) return;
  const {
    attack,
    whiteBox,
    clean: ofAttacked,
    robust,
    attackSuccess,
    sourceModel: _,
    ...effect
  } = adversarial;
  const threat = { ...attack, whiteBox, ...effect };
  fraction('attackedCleanAccuracy', { value: ofAttacked.accuracy, ...ofAttacked }, threat);
  if (attackSuccess !== null) {
    fraction(whiteBox ? 'attackSuccessRate' : 'transferRate', attackSuccess, threat);
  }
  if (whiteBox) fraction('robustAccuracy', { value: robust.accuracy, ...robust }, threat);
}
