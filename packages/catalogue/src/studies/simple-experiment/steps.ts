import type { StepInput } from '../../kinds.js';
import { attackStep, relabelledSets, standardModelSteps, trainStep } from '../base-models/steps.js';
import type { SimpleExperimentParameters } from './parameters.js';

/** Accuracy of ResNet-50 on CIFAR-10's test set after training on each set (Ilyas et al. 2019), as fractions. */
const paperAccuracy = {
  D: { clean: 0.953, robust: [{ epsilon: 0.25, accuracy: 0.0449 }] },
  D_det: { clean: 0.437, robust: [] },
  D_rand: { clean: 0.633, robust: [] },
};

/**
 * The simple experiment of Ilyas et al. 2019: a standard model's training images become targeted adversarial examples
 * and are relabelled with their targets; fresh models learn only those, and are measured on the original test set.
 */
export function simpleExperimentSteps(parameters: SimpleExperimentParameters): Record<string, StepInput> {
  const { dataset, robustExamples, norm } = parameters;
  const paperOf = (set: keyof typeof paperAccuracy) =>
    dataset === 'cifar10' && norm === 'l2' ? paperAccuracy[set] : null;
  const row = (trainedOn: keyof typeof paperAccuracy, evaluation: string) => ({
    trainedOn,
    evaluatedOn: 'D',
    evaluations: [evaluation],
    paper: paperOf(trainedOn),
  });
  return {
    ...standardModelSteps(parameters),
    ...relabelledSets(parameters),
    'fresh-d_det': trainStep(parameters, 'd_det', parameters.d_det),
    'fresh-d_rand': trainStep(parameters, 'd_rand', parameters.d_rand),
    'attack-test': attackStep(parameters, { dataset: 'test-set', examples: robustExamples, targets: 'none' }),
    'evaluate-standard': { kind: 'evaluate', model: 'standard', dataset: 'test-set', attack: 'attack-test' },
    'evaluate-d_det': { kind: 'evaluate', model: 'fresh-d_det', dataset: 'test-set' },
    'evaluate-d_rand': { kind: 'evaluate', model: 'fresh-d_rand', dataset: 'test-set' },
    report: {
      kind: 'report',
      figures: [
        {
          kind: 'accuracy',
          rows: [
            row('D', 'evaluate-standard'),
            row('D_det', 'evaluate-d_det'),
            row('D_rand', 'evaluate-d_rand'),
          ],
        },
        {
          kind: 'examples',
          rows: [
            { name: 'D_det', synthesized: 'd_det', dataset: 'train-set' },
            { name: 'D_rand', synthesized: 'd_rand', dataset: 'train-set' },
          ],
        },
      ],
    },
  };
}
