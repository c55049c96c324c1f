import type { StepInput } from '../../kinds.js';
import { robustModelSteps } from '../base-models/robust-model.js';
import { epsilonName, standardModelSteps, trainStep } from '../base-models/steps.js';
import type { RobustFeaturesParameters } from './parameters.js';

/** Accuracies of ResNet-50 on CIFAR-10's test set under L2 attacks (Ilyas et al. 2019), as fractions. */
const paperAccuracy = {
  D: { clean: 0.953, robust: [{ epsilon: 0.25, accuracy: 0.0449 }] },
  'D (adversarial training)': {
    clean: 0.9083,
    robust: [
      { epsilon: 0.25, accuracy: 0.8231 },
      { epsilon: 0.5, accuracy: 0.7011 },
    ],
  },
  D_R: {
    clean: 0.841,
    robust: [
      { epsilon: 0.25, accuracy: 0.4827 },
      { epsilon: 0.5, accuracy: 0.2185 },
    ],
  },
  D_NR: { clean: 0.8768, robust: [{ epsilon: 0.25, accuracy: 0.0082 }] },
};

/** The step of each row's model. */
const models = {
  D: 'standard',
  'D (adversarial training)': 'robust',
  D_R: 'fresh-d_robust',
  D_NR: 'fresh-d_nonrobust',
} satisfies Record<keyof typeof paperAccuracy, string>;

/**
 * Robust and non-robust data sets (Ilyas et al. 2019, section 3.1): each training image becomes another that a robust,
 * or a standard, model represents as it does the original. Fresh models learn only those, by standard training.
 */
export function robustFeaturesSteps(parameters: RobustFeaturesParameters): Record<string, StepInput> {
  const { dataset, precision, evaluation, d_robust, d_nonrobust } = parameters;
  const inversion = { kind: 'invert' as const, dataset: 'train-set', precision, ...parameters.inversion };
  const usesPaper = dataset === 'cifar10' && evaluation.norm === 'l2';
  const rows = Object.entries(models) as [keyof typeof models, string][];
  return {
    ...standardModelSteps(parameters),
    ...robustModelSteps(parameters),
    'invert-robust': { ...inversion, model: 'robust' },
    'invert-standard': { ...inversion, model: 'standard' },
    d_robust: { kind: 'synthesize', construction: 'd_robust', examples: 'invert-robust' },
    d_nonrobust: { kind: 'synthesize', construction: 'd_nonrobust', examples: 'invert-standard' },
    'fresh-d_robust': trainStep(parameters, 'd_robust', d_robust),
    'fresh-d_nonrobust': trainStep(parameters, 'd_nonrobust', d_nonrobust),
    ...Object.assign({}, ...Object.values(models).map((model) => evaluationSteps(parameters, model))),
    report: {
      kind: 'report',
      figures: [
        {
          kind: 'accuracy',
          title: 'What a model learns from robust and from non-robust features',
          rows: rows.map(([trainedOn, model]) => ({
            trainedOn,
            evaluations: evaluation.epsilons.map((epsilon) => `evaluate-${model}-${epsilonName(epsilon)}`),
            paper: usesPaper ? paperAccuracy[trainedOn] : null,
          })),
        },
        {
          kind: 'examples',
          rows: [
            { name: 'D_R', synthesized: 'd_robust', dataset: 'train-set' },
            { name: 'D_NR', synthesized: 'd_nonrobust', dataset: 'train-set' },
          ],
        },
      ],
    },
  };
}

/** A model attacked and evaluated at each radius. */
function evaluationSteps(
  { evaluation, precision }: RobustFeaturesParameters,
  model: string,
): Record<string, StepInput> {
  const { epsilons, ...attack } = evaluation;
  return Object.fromEntries(
    epsilons.flatMap((epsilon): [string, StepInput][] => {
      const name = `${model}-${epsilonName(epsilon)}`;
      const attacked = { sourceModel: model, dataset: 'test-set', targets: 'none' as const };
      return [
        [`attack-${name}`, { kind: 'attack', ...attacked, epsilon, precision, ...attack }],
        [`evaluate-${name}`, { kind: 'evaluate', model, dataset: 'test-set', attack: `attack-${name}` }],
      ];
    }),
  );
}
