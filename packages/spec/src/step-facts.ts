import { type Architecture, architectures, type DatasetName, depthsOf } from '@toogit/catalogue';
import { datasetSizes } from './limits.js';
import { type Problem, problem } from './problems.js';
import { orderSteps } from './references.js';
import type { ParsedStep, ParsedSteps, ResolvedStep, ResolvedSteps, StepOf } from './steps.js';

/** What follows from a step before it has run. */
export interface StepFacts {
  /** The data set that the images come from, or that the model was trained on. Null where there are none. */
  origin: DatasetName | null;
  /** Height and width, where the data set has no size of its own; else null. */
  imageSize: number | null;
  /** Images that the step holds or makes; for a `train` step, those it trains on. Of a mislabelled set, the most it may have. */
  examples: number;
}

const noImages: StepFacts = { origin: null, imageSize: null, examples: 0 };

/** Facts of every step. The steps' references must be sound and free of cycles. */
export function stepFacts(steps: ParsedSteps): Map<string, StepFacts> {
  const facts = new Map<string, StepFacts>();
  const of = (name: string) => facts.get(name) ?? noImages;
  for (const name of orderSteps(steps).order) {
    const step = steps[name];
    if (step) facts.set(name, factsOf(step, of));
  }
  return facts;
}

function factsOf(step: ParsedStep, of: (name: string) => StepFacts): StepFacts {
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
    case 'invert':
    case 'feature-responses':
      return { ...of(step.dataset), examples: step.examples ?? of(step.dataset).examples };
    case 'synthesize':
      return of(step.examples);
    case 'evaluate':
      return of(step.dataset);
    case 'feature-usefulness':
      return of(step.responses);
    case 'patterns':
      return of(step.examples);
    case 'transfer-matrix':
      return of(step.models[0]?.attack ?? '');
    case 'theory':
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
        ...ofDirectory(step),
      ];
    case 'train':
      return [
        ...otherNetwork(step, step.featuresFrom === null ? undefined : steps[step.featuresFrom]),
        ...noSuchDepth(step),
        ...imagesTooSmall(step.architecture, of(step.dataset)),
      ];
    case 'attack':
      return [
        ...tooMany('examples', step.examples, of(step.dataset).examples, step.dataset),
        ...unknownSize(step.dataset, steps[step.dataset]),
        ...otherImages('sourceModel', of(step.sourceModel), of(step.dataset)),
        ...step.unmovedModels.flatMap((name, i) =>
          otherImages(`unmovedModels.${i}`, of(name), of(step.dataset)),
        ),
      ];
    case 'invert':
    case 'feature-responses':
      return [
        ...tooMany('examples', step.examples, of(step.dataset).examples, step.dataset),
        ...unknownSize(step.dataset, steps[step.dataset]),
        ...otherImages('model', of(step.model), of(step.dataset)),
      ];
    case 'synthesize':
      return wrongOrigin(step, steps[step.examples], steps);
    case 'transfer-matrix':
      return [
        ...step.models.flatMap(({ model, attack }, i) => otherSource(i, model, attack, steps[attack])),
        ...differentImages(step, steps),
      ];
    case 'patterns':
      return untargeted(step.examples, steps[step.examples]);
    case 'evaluate':
      return [
        ...otherImages('model', of(step.model), of(step.dataset)),
        ...(step.attack === null ? [] : otherDataset(step.dataset, step.attack, steps[step.attack])),
      ];
    case 'report':
      return step.figures.flatMap((figure, i) =>
        figure.kind === 'accuracy'
          ? figure.rows.flatMap(({ evaluations }, k) =>
              severalModels(`figures.${i}.rows.${k}.evaluations`, evaluations, steps),
            )
          : [],
      );
    case 'feature-usefulness':
    case 'theory':
      return [];
  }
}

/** A row has one clean accuracy: that of the model and the images that all its evaluations have. */
function severalModels(path: string, evaluations: readonly string[], steps: ResolvedSteps): Problem[] {
  const [first] = evaluations;
  const evaluated = steps[first ?? ''];
  if (evaluated?.kind !== 'evaluate') return [];
  return evaluations.flatMap((name, i) => {
    const other = steps[name];
    if (other?.kind !== 'evaluate') return [];
    const differs = (['model', 'dataset'] as const).find((key) => other[key] !== evaluated[key]);
    if (differs === undefined) return [];
    const what = `${name} evaluates ${other.model} on ${other.dataset}, and ${first} ${evaluated.model} on ${evaluated.dataset}`;
    return [
      problem(`${path}.${i}`, `${what}: a row is of one model and one data set; give it a row of its own`),
    ];
  });
}

function tooMany(path: string, wanted: number | null, available: number, what: string): Problem[] {
  if (wanted === null || wanted <= available) return [];
  return [problem(path, `${wanted} is more than the ${available} examples of ${what}`)];
}

function noSuchDepth({ architecture, depth }: StepOf<'train'>): Problem[] {
  const depths = depthsOf(architecture);
  if (depth === null || depths?.includes(depth)) return [];
  if (depths) return [problem('depth', `the depth of ${architecture} is ${depths.rule}, not ${depth}`)];
  const others = architectures.filter((name) => depthsOf(name) !== null).join(', ');
  return [
    problem(
      'depth',
      `${architecture} has one depth only; ${others} comes in several`,
      () => 'leave depth out',
    ),
  ];
}

/** The five pools of VGG-16 want 32×32. */
function imagesTooSmall(architecture: Architecture, { origin, imageSize }: StepFacts): Problem[] {
  const size = origin === 'mnist' ? 28 : (imageSize ?? 32);
  if (architecture !== 'vgg16' || size >= 32) return [];
  return [problem('architecture', `images of ${origin} (${size}×${size}) are too small for ${architecture}`)];
}

function otherImages(path: string, model: StepFacts, images: StepFacts): Problem[] {
  if (model.origin === images.origin && model.imageSize === images.imageSize) return [];
  const named = ({ origin, imageSize }: StepFacts) =>
    imageSize === null ? origin : `${origin} at imageSize ${imageSize}`;
  return [problem(path, `the model is trained on ${named(model)}, the images are ${named(images)}`)];
}

/** What only a directory of images has. */
function ofDirectory({ dataset, imageSize, revision }: StepOf<'dataset'>): Problem[] {
  if (dataset === 'restricted-imagenet') return [];
  return [
    ...(imageSize === undefined
      ? []
      : [
          problem(
            'imageSize',
            `the images of ${dataset} have a size of their own`,
            () => 'leave imageSize out',
          ),
        ]),
    ...(revision === undefined
      ? []
      : [problem('revision', `${dataset} is published and never changes`, () => 'leave revision out')]),
  ];
}

/** A linear probe reads the features of a network like its own. */
function otherNetwork(step: StepOf<'train'>, body: ResolvedStep | undefined): Problem[] {
  if (body?.kind !== 'train') return [];
  const differing = (['architecture', 'width', 'depth'] as const).find((key) => step[key] !== body[key]);
  if (differing === undefined) return [];
  return [
    problem(
      differing,
      `${step[differing]} here, ${body[differing]} in ${step.featuresFrom}, whose features are kept`,
    ),
  ];
}

/** Blocks are planned before it is known how many images a model gets wrong. */
function unknownSize(name: string, dataset: ResolvedStep | undefined): Problem[] {
  if (dataset?.kind !== 'synthesize' || dataset.construction !== 'mislabelled') return [];
  return [problem('dataset', `how many images ${name} holds is known only when it is made`)];
}

const targetsFor = { d_det: 'next', d_rand: 'random' } as const;

/** Whether a construction is made of the kind of step that it says. */
function wrongOrigin(
  step: StepOf<'synthesize'>,
  examples: ResolvedStep | undefined,
  steps: ResolvedSteps,
): Problem[] {
  const { construction } = step;
  const wants = (what: string) => [
    problem('construction', `${construction} wants ${what}; see ${step.examples}`),
  ];
  switch (construction) {
    case 'd_det':
    case 'd_rand': {
      const targets = targetsFor[construction];
      return examples?.kind === 'attack' && examples.targets === targets
        ? []
        : wants(`an attack with targets: ${targets}`);
    }
    case 'd_robust':
    case 'd_nonrobust': {
      const model = examples?.kind === 'invert' ? steps[examples.model] : undefined;
      const robust = construction === 'd_robust';
      return model?.kind === 'train' && (model.adversarial !== null) === robust
        ? []
        : wants(`an inversion of a model trained ${robust ? 'adversarially' : 'without adversarial'}`);
    }
    case 'mislabelled':
      return examples?.kind === 'evaluate' ? [] : wants('an evaluation');
  }
}

function otherSource(i: number, model: string, name: string, attack: ResolvedStep | undefined): Problem[] {
  if (attack?.kind !== 'attack' || attack.sourceModel === model) return [];
  return [problem(`models.${i}.attack`, `${name} attacks ${attack.sourceModel}, not ${model}`)];
}

/** The rates of a matrix are of the same images. */
function differentImages({ models }: StepOf<'transfer-matrix'>, steps: ResolvedSteps): Problem[] {
  const datasets = models.map(({ attack: name }) => {
    const attack = steps[name];
    return attack?.kind === 'attack' ? attack.dataset : null;
  });
  const other = datasets.findIndex((dataset) => dataset !== datasets[0]);
  if (other < 0) return [];
  const [first, second] = [models[0]?.attack, models[other]?.attack];
  return [
    problem(
      `models.${other}.attack`,
      `${second} attacks ${datasets[other]}, ${first} attacks ${datasets[0]}; all must attack the same`,
    ),
  ];
}

function untargeted(name: string, attack: ResolvedStep | undefined): Problem[] {
  if (attack?.kind !== 'attack' || attack.targets !== 'none') return [];
  return [problem('examples', `${name} has no targets; patterns are of perturbations toward a class`)];
}

function otherDataset(dataset: string, name: string, attack: ResolvedStep | undefined): Problem[] {
  if (attack?.kind !== 'attack' || attack.dataset === dataset) return [];
  const message = `${name} attacks ${attack.dataset}; its examples can't be evaluated against ${dataset}`;
  return [problem('attack', message, () => `did you mean dataset: ${attack.dataset}?`)];
}
