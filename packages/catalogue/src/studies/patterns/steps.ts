import type { StepInput } from '../../kinds.js';
import { attackStep, furtherModels, namedNetworks, standardModelSteps } from '../base-models/steps.js';
import type { PatternsParameters } from './parameters.js';

/**
 * Planet Erm: the perturbations toward each class, averaged, most effective and universal, shown on grey to models that
 * never saw them. They are of test images, so that no model has learned what lies under them.
 */
export function patternsSteps(parameters: PatternsParameters): Record<string, StepInput> {
  const { attackExamples, amplification, universalEpochs } = parameters;
  const networks = namedNetworks(parameters.networks);
  return {
    ...standardModelSteps(parameters),
    ...furtherModels(parameters, networks),
    'attack-test-random': attackStep(parameters, {
      dataset: 'test-set',
      examples: attackExamples,
      targets: 'random',
    }),
    patterns: {
      kind: 'patterns',
      examples: 'attack-test-random',
      evaluated: [
        { name: 'the source', model: 'standard' },
        ...networks.map(({ id }) => ({ name: `${id}, trained apart`, model: `standard-${id}` })),
      ],
      amplification,
      universalEpochs,
    },
    report: {
      kind: 'report',
      figures: [
        {
          kind: 'patterns',
          title: 'What a model sees of each class and people do not',
          rows: [{ patterns: 'patterns' }],
        },
      ],
    },
  };
}
