import type { StepInput } from '../../kinds.js';
import { relabelledSets, standardModelSteps, trainStep } from '../base-models/steps.js';
import type { SensitivityParameters } from './parameters.js';

const sets = { d_det: 'D_det', d_rand: 'D_rand' } as const;

/**
 * The simple experiment's fresh trainings at every learning rate with every augmentation. Replications found a learning
 * rate beyond which nothing is learned from D_rand at all.
 *
 * All trainings on a set at one augmentation and learning rate are named by them, so each starts from weights of its own.
 */
export function sensitivitySteps(parameters: SensitivityParameters): Record<string, StepInput> {
  const trainings = (Object.keys(sets) as (keyof typeof sets)[]).flatMap((set) =>
    parameters.augmentations.flatMap((augmentation) =>
      parameters.learningRates.map((learningRate) => ({
        set,
        name: `${set}-${augmentation}-${String(learningRate).replace('.', '_')}`,
        training: { ...parameters.fresh, learningRate, augmentation },
      })),
    ),
  );
  return {
    ...standardModelSteps(parameters),
    ...relabelledSets(parameters),
    ...Object.fromEntries(
      trainings.flatMap(({ set, name, training }): [string, StepInput][] => [
        [`fresh-${name}`, trainStep(parameters, set, training)],
        [`evaluate-${name}`, { kind: 'evaluate', model: `fresh-${name}`, dataset: 'test-set' }],
      ]),
    ),
    report: {
      kind: 'report',
      figures: [
        {
          kind: 'sensitivity',
          title: 'Learning from D_det and D_rand by learning rate and augmentation',
          rows: trainings.map(({ set, name }) => ({ trainedOn: sets[set], evaluation: `evaluate-${name}` })),
        },
      ],
    },
  };
}
