import type { DatasetName } from '@toogit/jobs';
import { datasetSizes } from './limits.js';
import { type Problem, problem } from './problems.js';
import { orderSteps } from './references.js';
import type { ResolvedStep, ResolvedSteps, StepOf } from './steps.js';

/** What follows from a step before it has run. */
export interface StepFacts {
  /** The data set that the images come from, or that the model was trained on. Null for a report. */
  origin: DatasetName | null;
  /** Height and width, where the data set has no size of its own; else null. */
  imageSize: number | null;
  /** Images that the step holds or makes; for a `train` step, those it trains on. */
  examples: number;
}

const noImages: StepFacts = { origin: null, imageSize: null, examples: 0 };

/** Facts of every step. The steps' references must be sound and free of cycles. */
export function stepFacts(steps: ResolvedSteps): Map<string, StepFacts> {
  const facts = new Map<string, StepFacts>();
  const of = (name: string) => facts.get(name) ?? noImages;
  for (const name of orderSteps(steps).order) {
    const step = steps[name];
    if (step) facts.set(name, factsOf(step, of));
  }
  return facts;
}

function factsOf(step: ResolvedStep, of: (name: string) => StepFacts): StepFacts {
  switch (step.kind) {
    case 'dataset':
      return {
        origin: step.dataset,
        imageSize: step.imageSize ?? null,
        examples: step.examples ?? datasetSizes[step.dataset][step.split],
      };
    case 'train':
      return of(step.dataset);
    case 'attack':
      return { ...of(step.dataset), examples: step.examples ?? of(step.dataset).examples };
    case 'synthesize':
      return of(step.examples);
    case 'evaluate':
      return of(step.dataset);
    case 'report':
      return noImages;
  }
}

/** What is wrong between steps that are right each for itself. */
export function consistencyProblems(steps: ResolvedSteps): Problem[] {
  const facts = stepFacts(steps);
  return Object.entries(steps).flatMap(([name, step]) =>
    problemsOf(step, steps, (n) => facts.get(n) ?? noImages).map((p) => ({
      ...p,
      path: `steps.${name}.${p.path}`,
    })),
  );
}

function problemsOf(step: ResolvedStep, steps: ResolvedSteps, of: (name: string) => StepFacts): Problem[] {
  switch (step.kind) {
    case 'dataset':
      return [
        ...tooMany(
          'examples',
          step.examples,
          datasetSizes[step.dataset][step.split],
          `${step.dataset} ${step.split}`,
        ),
        ...ownSize(step),
      ];
    case 'train':
      return tooMany('batchSize', step.batchSize, of(step.dataset).examples, step.dataset);
    case 'attack':
      return [
        ...tooMany('examples', step.examples, of(step.dataset).examples, step.dataset),
        ...otherImages('sourceModel', of(step.sourceModel), of(step.dataset)),
      ];
    case 'synthesize':
      return wrongTargets(step, steps[step.examples]);
    case 'evaluate':
      return [
        ...otherImages('model', of(step.model), of(step.dataset)),
        ...(step.attack === null ? [] : otherDataset(step.dataset, step.attack, steps[step.attack])),
      ];
    case 'report':
      return [];
  }
}

function tooMany(path: string, wanted: number | null, available: number, what: string): Problem[] {
  if (wanted === null || wanted <= available) return [];
  return [problem(path, `${wanted} is more than the ${available} examples of ${what}`)];
}

function otherImages(path: string, model: StepFacts, images: StepFacts): Problem[] {
  if (model.origin === images.origin && model.imageSize === images.imageSize) return [];
  const named = ({ origin, imageSize }: StepFacts) =>
    imageSize === null ? origin : `${origin} at imageSize ${imageSize}`;
  return [problem(path, `the model is trained on ${named(model)}, the images are ${named(images)}`)];
}

function ownSize({ dataset, imageSize }: StepOf<'dataset'>): Problem[] {
  if (imageSize === undefined || dataset === 'restricted-imagenet') return [];
  return [problem('imageSize', `the images of ${dataset} have a size of their own`, 'leave imageSize out')];
}

const targetsFor = { d_det: 'next', d_rand: 'random' } as const;

function wrongTargets(step: StepOf<'synthesize'>, attack: ResolvedStep | undefined): Problem[] {
  const wanted = targetsFor[step.construction];
  if (attack?.kind !== 'attack' || attack.targets === wanted) return [];
  const message = `${step.construction} wants an attack with targets: ${wanted}; ${step.examples} has targets: ${attack.targets}`;
  return [problem('construction', message)];
}

function otherDataset(dataset: string, name: string, attack: ResolvedStep | undefined): Problem[] {
  if (attack?.kind !== 'attack' || attack.dataset === dataset) return [];
  const message = `${name} attacks ${attack.dataset}; its examples can't be evaluated against ${dataset}`;
  return [problem('attack', message, `did you mean dataset: ${attack.dataset}?`)];
}
