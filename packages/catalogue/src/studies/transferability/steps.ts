import type { StepInput } from '../../kinds.js';
import type { NamedNetwork } from '../base-models/steps.js';
import {
  attackStep,
  furtherModels,
  namedNetworks,
  standardModelSteps,
  trainStep,
} from '../base-models/steps.js';
import type { TransferabilityParameters } from './parameters.js';

/**
 * Transferability and D_det (Ilyas et al. 2019, section 3.3): networks of several architectures learn the D_det of one
 * source model. Are those that learn more from it those to whose standard models the source's attacks transfer better?
 * The source is trained apart from the standard model of its own architecture.
 */
export function transferabilitySteps(parameters: TransferabilityParameters): Record<string, StepInput> {
  const { attackExamples, transferExamples } = parameters;
  const networks = namedNetworks(parameters.networks);
  const onTestSet = { dataset: 'test-set', examples: transferExamples, targets: 'next' as const };
  return {
    ...standardModelSteps(parameters),
    'attack-next': attackStep(parameters, {
      dataset: 'train-set',
      examples: attackExamples,
      targets: 'next',
    }),
    d_det: { kind: 'synthesize', construction: 'd_det', examples: 'attack-next' },
    'attack-test-next': attackStep(parameters, onTestSet),
    ...furtherModels(parameters, networks),
    ...Object.assign(
      {},
      ...networks.map(({ id, network }) => ({
        [`fresh-d_det-${id}`]: trainStep(parameters, 'd_det', parameters.d_det, network),
        [`attack-test-${id}`]: attackStep(parameters, { ...onTestSet, sourceModel: `standard-${id}` }),
        [`learned-${id}`]: { kind: 'evaluate', model: `fresh-d_det-${id}`, dataset: 'test-set' },
        [`transferred-${id}`]: {
          kind: 'evaluate',
          model: `standard-${id}`,
          dataset: 'test-set',
          attack: 'attack-test-next',
        },
      })),
    ),
    'transfer-matrix': {
      kind: 'transfer-matrix',
      models: networks.map(({ id }) => ({
        name: id,
        model: `standard-${id}`,
        attack: `attack-test-${id}`,
      })),
    },
    report: { kind: 'report', figures: figures(networks) },
  };
}

function figures(networks: readonly NamedNetwork[]): Extract<StepInput, { kind: 'report' }>['figures'] {
  return [
    {
      kind: 'transfer',
      title: 'Learning from D_det against transfer of the attacks that made it',
      rows: networks.map(({ id }) => ({ learned: `learned-${id}`, transferred: `transferred-${id}` })),
    },
    {
      kind: 'transfer-matrix',
      title: 'Targeted attacks of each standard model on each',
      rows: [{ matrix: 'transfer-matrix' }],
    },
    {
      kind: 'accuracy',
      rows: networks.flatMap(({ id }) => [
        { trainedOn: 'D', evaluations: [`transferred-${id}`] },
        { trainedOn: 'D_det', evaluations: [`learned-${id}`] },
      ]),
    },
  ];
}
