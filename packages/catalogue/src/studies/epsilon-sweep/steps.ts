import { distanceName } from '@toogit/core';
import type { StepInput } from '../../kinds.js';
import { attackStep, epsilonName, standardModelSteps, trainStep } from '../base-models/steps.js';
import type { EpsilonSweepParameters } from './parameters.js';

/** The simple experiment's D_det at several radii: how large must perturbations be to teach the original classes? */
export function epsilonSweepSteps(parameters: EpsilonSweepParameters): Record<string, StepInput> {
  const radii = parameters.epsilons.map((epsilon) => ({ epsilon, name: epsilonName(epsilon) }));
  const attacked = { dataset: 'train-set', examples: parameters.attackExamples, targets: 'next' as const };
  return {
    ...standardModelSteps(parameters),
    'evaluate-standard': { kind: 'evaluate', model: 'standard', dataset: 'test-set' },
    ...Object.fromEntries(
      radii.flatMap(({ epsilon, name }): [string, StepInput][] => [
        [`attack-${name}`, attackStep({ ...parameters, epsilon }, attacked)],
        [`d_det-${name}`, { kind: 'synthesize', construction: 'd_det', examples: `attack-${name}` }],
        [`fresh-${name}`, trainStep(parameters, `d_det-${name}`, parameters.d_det)],
        [`evaluate-${name}`, { kind: 'evaluate', model: `fresh-${name}`, dataset: 'test-set' }],
      ]),
    ),
    report: {
      kind: 'report',
      figures: [
        {
          kind: 'accuracy',
          title: 'What is learned from a D_det, by the radius of its perturbations',
          rows: [
            { trainedOn: 'D', evaluations: ['evaluate-standard'] },
            ...radii.map(({ epsilon, name }) => ({
              trainedOn: `D_det, ε = ${distanceName(epsilon)}`,
              evaluations: [`evaluate-${name}`],
            })),
          ],
        },
        {
          kind: 'perturbation-norms',
          rows: radii.map(({ epsilon, name }) => ({
            name: `ε = ${distanceName(epsilon)}`,
            attack: `attack-${name}`,
          })),
        },
      ],
    },
  };
}
