import {
  type JobEstimate,
  type JobIdentity,
  type JobKind,
  jobKey,
  jobKinds,
  type PlannedJob,
} from '@toogit/jobs';
import type { ResolvedStep, ResolvedSteps, StepFacts, StepOf } from '@toogit/spec';
import * as estimate from './estimate.js';
import { jobSeed } from './job-seed.js';

/** What a step's jobs depend on besides the step. */
export interface PointContext {
  seed: number;
  steps: ResolvedSteps;
  study: string;
  profile: string | null;
  specDigest: string;
  facts: Map<string, StepFacts>;
  /** Job keys of the steps planned so far. */
  keys: Map<string, string[]>;
}

/** The jobs of one step; the steps it names must be in `context.keys`. */
export function planStep(name: string, step: ResolvedStep, context: PointContext): PlannedJob[] {
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
    case 'report':
      return [planReport(step, context)];
  }
}

function planned<K extends JobKind>(identity: JobIdentity<K>, cost: JobEstimate): PlannedJob {
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
  const { kind: _, dataset, ...params } = step;
  return planned<'train'>(
    {
      kind: 'train',
      params,
      seed: jobSeed(context.seed, name),
      inputs: { dataset: keysOf(context, dataset) },
    },
    estimate.trainingCost(step, factsOf(context, name)),
  );
}

function planAttack(name: string, step: StepOf<'attack'>, context: PointContext): PlannedJob[] {
  const { kind: _, sourceModel, dataset, examples: __, blockSize, ...params } = step;
  const facts = factsOf(context, name);
  const inputs = { sourceModel: keysOf(context, sourceModel), dataset: keysOf(context, dataset) };
  const seed = jobSeed(context.seed, name);
  return Array.from({ length: Math.ceil(facts.examples / blockSize) }, (_, i) => {
    const start = i * blockSize;
    const block = { start, count: Math.min(blockSize, facts.examples - start) };
    return planned<'attack'>(
      { kind: 'attack', params: { ...params, block }, seed, inputs },
      estimate.attackCost(step, stepOf(context, sourceModel, 'train'), { ...facts, examples: block.count }),
    );
  });
}

function planSynthesis(name: string, step: StepOf<'synthesize'>, context: PointContext): PlannedJob {
  const { dataset } = stepOf(context, step.examples, 'attack');
  const inputs = { dataset: keysOf(context, dataset), adversarialExamples: keysOf(context, step.examples) };
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

function planReport(step: StepOf<'report'>, context: PointContext): PlannedJob {
  const { study, profile, seed, specDigest } = context;
  const rows = step.rows.map(({ trainedOn, evaluatedOn, paper }) => ({ trainedOn, evaluatedOn, paper }));
  const inputs = {
    evaluations: step.rows.flatMap((row) => keysOf(context, row.evaluation)),
    synthesized: step.synthesized.flatMap((name) => keysOf(context, name)),
    dataset: keysOf(context, step.dataset),
  };
  return planned<'report'>(
    { kind: 'report', params: { study, profile, seed, specDigest, rows }, seed: 0, inputs },
    estimate.reportCost,
  );
}

function keysOf(context: PointContext, name: string): string[] {
  const keys = context.keys.get(name);
  if (!keys) throw new Error(`step ${name} is used before it is planned`);
  return keys;
}

function factsOf(context: PointContext, name: string): estimate.ImageFacts {
  const { origin = null, imageSize = null, examples = 0 } = context.facts.get(name) ?? {};
  if (origin === null) throw new Error(`step ${name} holds no images`);
  return { origin, imageSize, examples };
}

function stepOf<K extends ResolvedStep['kind']>(context: PointContext, name: string, kind: K): StepOf<K> {
  const step = context.steps[name];
  if (step?.kind !== kind) throw new Error(`step ${name} is not of kind ${kind}`);
  return step as StepOf<K>;
}
