import type { Profile } from '../../definitions/study-definition.js';
import { everyFiftyEpochs, standardModel, threat, warmUp } from '../base-models/profiles.js';
import type { EpsilonSweepProfile } from './parameters.js';

function attackOf(profile: Profile) {
  const { epsilon: _, ...attack } = threat[profile];
  return attack;
}

/** No setting is chosen by measurement yet. The paper states one radius, 0.5; the others lie on both sides of it. */
export const profiles: Record<Profile, EpsilonSweepProfile> = {
  /** Minutes on two cores: too few images to learn much from, enough to see the figure. */
  smoke: {
    ...standardModel.smoke,
    ...attackOf('smoke'),
    epsilons: [0.25, 0.5, 1],
    attackExamples: 7_500,
    d_det: { epochs: 8, learningRate: 0.2, schedule: warmUp, augmentation: 'flip-crop' },
  },
  lab: {
    ...standardModel.lab,
    ...attackOf('lab'),
    epsilons: [0.125, 0.25, 0.5, 1, 2],
    attackExamples: 20_000,
    d_det: { epochs: 15, learningRate: 0.2, schedule: warmUp, augmentation: 'flip-crop' },
  },
  /** Steps of a fifth of each radius: 0.1 at the paper's 0.5. */
  paper: {
    ...standardModel.paper,
    ...withoutStepSize(attackOf('paper')),
    epsilons: [0.125, 0.25, 0.5, 1, 2],
    attackExamples: null,
    d_det: { epochs: 150, learningRate: 0.1, schedule: everyFiftyEpochs, augmentation: 'flip-crop' },
  },
};

function withoutStepSize({ stepSize: _, ...attack }: ReturnType<typeof attackOf>) {
  return attack;
}
