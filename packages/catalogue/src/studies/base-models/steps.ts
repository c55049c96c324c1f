import type { StepInput } from '../../kinds.js';
import {
  type Network,
  type StandardModelParameters,
  type ThreatParameters,
  type Training,
  threatParameters,
} from './parameters.js';

/**
 * D and the standard model on it. Every study calls these steps by the same names, and a step's seed follows from its
 * name: so a model trained for one study serves them all.
 */
export function standardModelSteps(parameters: StandardModelParameters): Record<string, StepInput> {
  const { dataset, imageSize, trainExamples, testExamples, standard } = parameters;
  const images = { kind: 'dataset' as const, dataset, ...(imageSize === undefined ? {} : { imageSize }) };
  return {
    'train-set': { ...images, split: 'train', examples: trainExamples },
    'test-set': { ...images, split: 'test', examples: testExamples },
    standard: trainStep(parameters, 'train-set', standard),
  };
}

/** A training of the study's network, unless `training` or `network` names another. */
export function trainStep(
  parameters: StandardModelParameters,
  dataset: string,
  training: Training,
  network: Partial<Network> = {},
) {
  const { architecture, width, batchSize, momentum, nesterov, weightDecay, labelSmoothing, precision } =
    parameters;
  const sgd = { batchSize, momentum, nesterov, weightDecay, labelSmoothing, precision };
  return { kind: 'train' as const, dataset, architecture, width, ...sgd, ...training, ...network };
}

/** What is attacked, and toward what. */
interface Attacked {
  sourceModel?: string;
  dataset: string;
  examples: number | null;
  targets: 'next' | 'random' | 'none';
}

/** An attack as the study makes them; on the standard model unless `attacked` names another. */
export function attackStep(parameters: StandardModelParameters & ThreatParameters, attacked: Attacked) {
  const { precision } = parameters;
  const threat = threatParameters.parse(parameters);
  return { kind: 'attack' as const, sourceModel: 'standard', ...threat, precision, ...attacked };
}

/** D_det and D_rand of the standard model, made of the first so many training images. */
export function relabelledSets(
  parameters: StandardModelParameters & ThreatParameters & { attackExamples: number | null },
): Record<string, StepInput> {
  const attack = { dataset: 'train-set', examples: parameters.attackExamples };
  return {
    'attack-next': attackStep(parameters, { ...attack, targets: 'next' }),
    'attack-random': attackStep(parameters, { ...attack, targets: 'random' }),
    d_det: { kind: 'synthesize', construction: 'd_det', examples: 'attack-next' },
    d_rand: { kind: 'synthesize', construction: 'd_rand', examples: 'attack-random' },
  };
}

/** A network of several, with a name that no other of them has. */
export interface NamedNetwork {
  id: string;
  network: Network;
}

/** `resnet18`, and a second one `resnet18-2`. */
export function namedNetworks(networks: readonly Network[]): NamedNetwork[] {
  return networks.map((network, index) => {
    const { architecture } = network;
    const nth = networks.slice(0, index + 1).filter((n) => n.architecture === architecture).length;
    return { id: nth === 1 ? architecture : `${architecture}-${nth}`, network };
  });
}

/** Standard models of D besides the first, each from weights of its own: `standard-resnet18`. */
export function furtherModels(
  parameters: StandardModelParameters,
  networks: readonly NamedNetwork[],
): Record<string, StepInput> {
  return Object.fromEntries(
    networks.map(({ id, network }) => [
      `standard-${id}`,
      trainStep(parameters, 'train-set', parameters.standard, network),
    ]),
  );
}

/** An epsilon as part of a step's name: `0_25`. */
export const epsilonName = (epsilon: number) => String(epsilon).replace('.', '_');
