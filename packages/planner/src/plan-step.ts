import {
  datasetImages,
  type JobEstimate,
  type JobIdentity,
  type JobKind,
  jobKey,
  jobKinds,
  type PlannedJob,
} from '@toogit/catalogue';
import type { ResolvedStep, ResolvedSteps, StepFacts, StepOf } from '@toogit/spec';
import * as estimate from './estimate.js';
import { jobSeed } from './job-seed.js';

/** What a step's jobs depend on besides the step. */
export interface PointContext {
  seed: number;
  steps: ResolvedSteps;
  facts: Map<string, StepFacts>;
  /** Job keys of the steps planned so far. */
  keys: Map<string, string[]>;
}

/** The jobs of one step; the steps it names must be in `context.keys`. Reports are planned over all points. */
export function planStep(
  name: string,
  step: Exclude<ResolvedStep, StepOf<'report'>>,
  context: PointContext,
): PlannedJob[] {
  switch (step.kind) {
    case 'dataset':
      return [planDataset(name, step, context)];
    case 'train':
      return [planTraining(name, step, context)];
    case 'attack':
      return planAttack(name, step, context);
    case 'synthesize':
      return [planSynthesis(name, step, context)];
    case 'evaluate':
      return [planEvaluation(name, step, context)];
    case 'invert':
      return planInversion(name, step, context);
    case 'transfer-matrix':
      return [planTransferMatrix(name, step, context)];
    case 'feature-responses':
      return planFeatureResponses(name, step, context);
    case 'feature-usefulness':
      return [planFeatureUsefulness(step, context)];
    case 'patterns':
      return [planPatterns(name, step, context)];
    case 'theory':
      return [planTheory(name, step, context)];
  }
}

export function planned<K extends JobKind>(identity: JobIdentity<K>, cost: JobEstimate): PlannedJob {
  const { version, resource } = jobKinds[identity.kind];
  return { ...identity, key: jobKey(identity), version, resource, estimate: cost } as PlannedJob;
}

function planDataset(name: string, step: StepOf<'dataset'>, context: PointContext): PlannedJob {
  const { kind: _, ...params } = step;
  return planned<'dataset.import'>(
    {
      kind: 'dataset.import',
      params: jobKinds['dataset.import'].params.parse(params),
      seed: 0,
      inputs: {},
    },
    estimate.importCost(factsOf(context, name)),
  );
}

function planTraining(name: string, step: StepOf<'train'>, context: PointContext): PlannedJob {
  const { kind: _, dataset, featuresFrom, ...params } = step;
  return planned<'train'>(
    {
      kind: 'train',
      params,
      seed: jobSeed(context.seed, name),
      inputs: {
        dataset: keysOf(context, dataset),
        featuresFrom: featuresFrom === null ? [] : keysOf(context, featuresFrom),
      },
    },
    estimate.trainingCost(step, factsOf(context, name)),
  );
}

function planAttack(name: string, step: StepOf<'attack'>, context: PointContext): PlannedJob[] {
  const { kind: _, sourceModel, unmovedModels, dataset, examples: __, blockSize, ...params } = step;
  const inputs = {
    sourceModel: keysOf(context, sourceModel),
    dataset: keysOf(context, dataset),
    unmovedModels: unmovedModels.flatMap((model) => keysOf(context, model)),
  };
  const models = [sourceModel, ...unmovedModels].map((model) => stepOf(context, model, 'train'));
  const seed = jobSeed(context.seed, name);
  const facts = factsOf(context, name);
  const cropsOnly = params.gradientSamples > 1 && !datasetImages[facts.origin.dataset].mirrorable;
  const attack = { ...params, ...(cropsOnly && { gradientAugmentation: 'crop' as const }) };
  const blocks = blocksOf(facts.examples, blockSize);
  const cost = perBlock((examples) =>
    estimate.attackCost(step, models, { ...facts, examples }, blocks.length),
  );
  return blocks.map((block) =>
    planned<'attack'>({ kind: 'attack', params: { ...attack, block }, seed, inputs }, cost(block)),
  );
}

function planSynthesis(name: string, step: StepOf<'synthesize'>, context: PointContext): PlannedJob {
  const origin = context.steps[step.examples];
  if (origin?.kind !== 'attack' && origin?.kind !== 'invert' && origin?.kind !== 'evaluate') {
    throw new Error(`step ${step.examples} makes no examples`);
  }
  const examples = keysOf(context, step.examples);
  const inputs = {
    dataset: keysOf(context, origin.dataset),
    adversarialExamples: origin.kind === 'attack' ? examples : [],
    invertedExamples: origin.kind === 'invert' ? examples : [],
    evaluation: origin.kind === 'evaluate' ? examples : [],
  };
  return planned<'synthesize'>(
    { kind: 'synthesize', params: { construction: step.construction }, seed: 0, inputs },
    estimate.synthesisCost(factsOf(context, name)),
  );
}

function planEvaluation(name: string, step: StepOf<'evaluate'>, context: PointContext): PlannedJob {
  const { model, dataset, attack, batchSize } = step;
  const inputs = {
    evaluatedModel: keysOf(context, model),
    dataset: keysOf(context, dataset),
    adversarialExamples: attack === null ? [] : keysOf(context, attack),
  };
  const clean = factsOf(context, name);
  const adversarial = attack === null ? 0 : factsOf(context, attack).examples;
  return planned<'evaluate'>(
    { kind: 'evaluate', params: { batchSize }, seed: 0, inputs },
    estimate.evaluationCost(stepOf(context, model, 'train'), {
      ...clean,
      examples: clean.examples + adversarial,
    }),
  );
}

function planInversion(name: string, step: StepOf<'invert'>, context: PointContext): PlannedJob[] {
  const { kind: _, model, dataset, examples: __, blockSize, ...params } = step;
  const inputs = { model: keysOf(context, model), dataset: keysOf(context, dataset) };
  const seed = jobSeed(context.seed, name);
  const facts = factsOf(context, name);
  const network = stepOf(context, model, 'train');
  const blocks = blocksOf(facts.examples, blockSize);
  const cost = perBlock((examples) =>
    estimate.inversionCost(step, network, { ...facts, examples }, blocks.length),
  );
  return blocks.map((block) =>
    planned<'invert'>({ kind: 'invert', params: { ...params, block }, seed, inputs }, cost(block)),
  );
}

function planTransferMatrix(
  name: string,
  { models, batchSize }: StepOf<'transfer-matrix'>,
  context: PointContext,
): PlannedJob {
  const attacked = factsOf(context, name);
  const networks = models.map(({ model }) => stepOf(context, model, 'train'));
  return planned<'transfer-matrix'>(
    {
      kind: 'transfer-matrix',
      params: { names: models.map((model) => model.name), batchSize },
      seed: 0,
      inputs: {
        models: models.flatMap(({ model }) => keysOf(context, model)),
        dataset: keysOf(context, stepOf(context, models[0]?.attack ?? '', 'attack').dataset),
        adversarialExamples: models.flatMap(({ attack }) => keysOf(context, attack)),
      },
    },
    estimate.sum(
      networks.map((network) =>
        estimate.evaluationCost(network, { ...attacked, examples: attacked.examples * networks.length }),
      ),
    ),
  );
}

function planFeatureResponses(
  name: string,
  step: StepOf<'feature-responses'>,
  context: PointContext,
): PlannedJob[] {
  const { kind: _, model, dataset, examples: __, blockSize, ...perturbation } = step;
  const inputs = { model: keysOf(context, model), dataset: keysOf(context, dataset) };
  const seed = jobSeed(context.seed, name);
  const facts = factsOf(context, name);
  const network = stepOf(context, model, 'train');
  const blocks = blocksOf(facts.examples, blockSize);
  const cost = perBlock((examples) =>
    estimate.featureResponsesCost(step, network, { ...facts, examples }, blocks.length),
  );
  return blocks.map((block) =>
    planned<'feature-responses'>(
      { kind: 'feature-responses', params: { perturbation, block }, seed, inputs },
      cost(block),
    ),
  );
}

function planFeatureUsefulness(
  { responses }: StepOf<'feature-usefulness'>,
  context: PointContext,
): PlannedJob {
  return planned<'feature-usefulness'>(
    { kind: 'feature-usefulness', params: {}, seed: 0, inputs: { responses: keysOf(context, responses) } },
    estimate.smallResultCost,
  );
}

function planPatterns(name: string, step: StepOf<'patterns'>, context: PointContext): PlannedJob {
  const { examples, evaluated, amplification, universalEpochs, batchSize } = step;
  const attack = stepOf(context, examples, 'attack');
  const names = evaluated.map((model) => model.name);
  return planned<'patterns'>(
    {
      kind: 'patterns',
      params: { names, amplification, universalEpochs, batchSize },
      seed: jobSeed(context.seed, name),
      inputs: {
        sourceModel: keysOf(context, attack.sourceModel),
        dataset: keysOf(context, attack.dataset),
        adversarialExamples: keysOf(context, examples),
        evaluatedModels: evaluated.flatMap(({ model }) => keysOf(context, model)),
      },
    },
    estimate.patternsCost(step, stepOf(context, attack.sourceModel, 'train'), factsOf(context, examples)),
  );
}

function planTheory(name: string, step: StepOf<'theory'>, context: PointContext): PlannedJob {
  const { kind: _, ...params } = step;
  return planned<'theory'>(
    { kind: 'theory', params, seed: jobSeed(context.seed, name), inputs: {} },
    estimate.theoryCost(step),
  );
}

/** Ranges of at most `blockSize` examples. */
const blocksOf = (examples: number, blockSize: number) =>
  Array.from({ length: Math.ceil(examples / blockSize) }, (_, i) => ({
    start: i * blockSize,
    count: Math.min(blockSize, examples - i * blockSize),
  }));

/** All blocks of a step but the last have one size, and cost the same. */
function perBlock(costOf: (examples: number) => JobEstimate): (block: { count: number }) => JobEstimate {
  const known = new Map<number, JobEstimate>();
  return ({ count }) => {
    const cost = known.get(count) ?? costOf(count);
    known.set(count, cost);
    return cost;
  };
}

export function keysOf(context: PointContext, name: string): string[] {
  const keys = context.keys.get(name);
  if (!keys) throw new Error(`step ${name} is used before it is planned`);
  return keys;
}

function factsOf(context: PointContext, name: string): estimate.ImageFacts {
  const { origin = null, imageSize = null, examples = 0 } = context.facts.get(name) ?? {};
  if (origin === null) throw new Error(`step ${name} holds no images`);
  return { origin: { dataset: origin, imageSize }, examples };
}

export function stepOf<K extends ResolvedStep['kind']>(
  context: PointContext,
  name: string,
  kind: K,
): StepOf<K> {
  const step = context.steps[name];
  if (step?.kind !== kind) throw new Error(`step ${name} is not of kind ${kind}`);
  return step as StepOf<K>;
}
