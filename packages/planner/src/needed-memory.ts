import { imageShapeOf } from '@toogit/catalogue';
import { datasetSizes, type ResolvedStep, type StepOf } from '@toogit/spec';
import * as memory from './memory.js';
import { networkCost } from './network-cost.js';
import { type PointContext, stepOf } from './plan-step.js';

/** Bytes that each of a step's jobs needs at its peak; none of them depends on which block it has. */
export function neededMemory(
  name: string,
  step: Exclude<ResolvedStep, StepOf<'report'>>,
  context: PointContext,
): number {
  const images = (of: string) => heldImages(of, context);
  const network = (model: string) => networkOf(model, context);
  const examplesOf = (of: string) => context.facts.get(of)?.examples ?? 0;
  switch (step.kind) {
    case 'dataset':
      return memory.importMemory({ ...images(name), examples: datasetSizes[step.dataset][step.split] });
    case 'train':
      return memory.trainingMemory(step, network(name), images(step.dataset));
    case 'attack': {
      const models = [step.sourceModel, ...step.unmovedModels].map(network);
      return memory.gradientMemory(models, blockOf(step, examplesOf(name)), images(step.dataset));
    }
    case 'invert':
      return memory.gradientMemory(
        [network(step.model)],
        blockOf(step, examplesOf(name)),
        images(step.dataset),
      );
    case 'feature-responses':
      return memory.featureAttackMemory(
        network(step.model),
        blockOf(step, examplesOf(name)),
        images(step.dataset),
      );
    case 'evaluate': {
      const attacked = step.attack === null ? 0 : examplesOf(step.attack);
      return memory.predictionMemory([network(step.model)], step.batchSize, images(step.dataset), attacked);
    }
    case 'transfer-matrix': {
      const attacked = stepOf(context, step.models[0]?.attack ?? '', 'attack');
      const networks = step.models.map(({ model }) => network(model));
      const held = { ...images(attacked.dataset), examples: 0 };
      return memory.predictionMemory(networks, step.batchSize, held, examplesOf(name));
    }
    case 'patterns': {
      const { sourceModel, dataset } = stepOf(context, step.examples, 'attack');
      const held = { ...images(dataset), examples: examplesOf(step.examples) };
      return memory.gradientMemory([network(sourceModel)], step.batchSize, held);
    }
    case 'synthesize': {
      const origin = context.steps[step.examples];
      const dataset = origin !== undefined && 'dataset' in origin ? origin.dataset : '';
      return memory.synthesisMemory(images(dataset), step.construction);
    }
    case 'feature-usefulness':
    case 'theory':
      return memory.smallResultMemory;
  }
}

const blockOf = ({ blockSize }: { blockSize: number }, examples: number) => Math.min(blockSize, examples);

/** What a step that is, or holds, a data set keeps in memory. */
function heldImages(name: string, context: PointContext): memory.HeldImages {
  const { origin = null, imageSize = null, examples = 0 } = context.facts.get(name) ?? {};
  const pixels = origin === null ? 0 : imageShapeOf(origin, imageSize).reduce((product, n) => product * n, 1);
  return { examples, pixels, bytesPerPixel: bytesPerPixel(name, context) };
}

/** Images are bytes until something has been added to them; a model's mistakes are its data set's own images. */
function bytesPerPixel(name: string, context: PointContext): 1 | 4 {
  const step = context.steps[name];
  if (step?.kind !== 'synthesize') return 1;
  const origin = context.steps[step.examples];
  return origin?.kind === 'evaluate' ? bytesPerPixel(origin.dataset, context) : 4;
}

function networkOf(model: string, context: PointContext): memory.NetworkMemory {
  const step: StepOf<'train'> = stepOf(context, model, 'train');
  const { origin = null, imageSize = null } = context.facts.get(model) ?? {};
  return origin === null ? { activations: 0, parameters: 0 } : networkCost(step, origin, imageSize);
}
