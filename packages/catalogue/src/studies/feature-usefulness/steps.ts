import type { StepInput } from '../../kinds.js';
import { robustModelSteps } from '../base-models/robust-model.js';
import { standardModelSteps } from '../base-models/steps.js';
import type { FeatureUsefulnessParameters } from './parameters.js';

/** The conceptual model of Ilyas et al. 2019 (section 2), measured on the penultimate features of two models. */
export function featureUsefulnessSteps(parameters: FeatureUsefulnessParameters): Record<string, StepInput> {
  const { examples, norm, epsilon, stepSize, steps, precision, blockSize } = parameters;
  const perturbation = { norm, epsilon, steps, precision, ...(stepSize === undefined ? {} : { stepSize }) };
  const responses = (model: string) => ({
    kind: 'feature-responses' as const,
    model,
    dataset: 'test-set',
    examples,
    ...perturbation,
    blockSize,
  });
  return {
    ...standardModelSteps(parameters),
    ...robustModelSteps(parameters),
    'responses-standard': responses('standard'),
    'responses-robust': responses('robust'),
    'usefulness-standard': { kind: 'feature-usefulness', responses: 'responses-standard' },
    'usefulness-robust': { kind: 'feature-usefulness', responses: 'responses-robust' },
    report: {
      kind: 'report',
      figures: [
        {
          kind: 'feature-usefulness',
          title: 'Features that are useful, and features that are robustly useful',
          rows: [
            { model: 'standard', usefulness: 'usefulness-standard' },
            { model: 'robust', usefulness: 'usefulness-robust' },
          ],
        },
      ],
    },
  };
}
