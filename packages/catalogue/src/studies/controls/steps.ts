import type { StepInput } from '../../kinds.js';
import { robustModelSteps } from '../base-models/robust-model.js';
import {
  attackStep,
  furtherModels,
  namedNetworks,
  relabelledSets,
  standardModelSteps,
  trainStep,
} from '../base-models/steps.js';
import type { ControlsParameters } from './parameters.js';

/** The simple experiment, and beside it three controls from the Distill discussion of August 2019. */
export function controlsSteps(parameters: ControlsParameters): Record<string, StepInput> {
  const { d_det, d_rand } = parameters;
  return {
    ...standardModelSteps(parameters),
    ...relabelledSets(parameters),
    'fresh-d_det': trainStep(parameters, 'd_det', d_det),
    'fresh-d_rand': trainStep(parameters, 'd_rand', d_rand),
    'evaluate-standard': onTestSet('standard'),
    'evaluate-d_det': onTestSet('fresh-d_det'),
    'evaluate-d_rand': onTestSet('fresh-d_rand'),
    ...leakageSteps(parameters),
    ...mislabelledSteps(parameters),
    ...nonTransferSteps(parameters),
    report: { kind: 'report', figures },
  };
}

const onTestSet = (model: string) => ({ kind: 'evaluate' as const, model, dataset: 'test-set' });

/** Goh: how much of the original labels do D_det and D_rand hold for a robust model's features alone? */
function leakageSteps(parameters: ControlsParameters): Record<string, StepInput> {
  const probe = (set: string) => ({
    ...trainStep(parameters, set, { ...parameters.probe, ...robustNetwork(parameters) }),
    featuresFrom: 'robust',
  });
  return {
    ...robustModelSteps(parameters),
    'probe-d_det': probe('d_det'),
    'probe-d_rand': probe('d_rand'),
    'evaluate-probe-d_det': onTestSet('probe-d_det'),
    'evaluate-probe-d_rand': onTestSet('probe-d_rand'),
  };
}

function robustNetwork({ robust: { architecture, width } }: ControlsParameters) {
  return {
    ...(architecture === undefined ? {} : { architecture }),
    ...(width === undefined ? {} : { width }),
  };
}

/** Wallace: can as much be learned from unperturbed images that a model got wrong, labelled as it took them? */
function mislabelledSteps(parameters: ControlsParameters): Record<string, StepInput> {
  return {
    early: trainStep(parameters, 'train-set', parameters.early),
    mistakes: { kind: 'evaluate', model: 'early', dataset: 'train-set' },
    mislabelled: { kind: 'synthesize', construction: 'mislabelled', examples: 'mistakes' },
    'fresh-mislabelled': trainStep(parameters, 'mislabelled', parameters.mislabelled),
    'evaluate-mislabelled': onTestSet('fresh-mislabelled'),
  };
}

/**
 * Nakkiran: adversarial examples that fool the source model and transfer to no other hold no features. A model trained on a
 * D_det of them learns nothing of the original labels, but what people would see: y+1. The shifted test set, labelled y+1,
 * is an attack of epsilon 0. Steps keep their names, which their seeds follow from.
 */
function nonTransferSteps(parameters: ControlsParameters): Record<string, StepInput> {
  const { nonTransferExamples, nonTransferNetworks, nonTransfer } = parameters;
  const networks = namedNetworks(nonTransferNetworks);
  const onTrainSet = { dataset: 'train-set', examples: nonTransferExamples, targets: 'next' as const };
  const { stepSize: _, ...standing } = attackStep(parameters, {
    dataset: 'test-set',
    examples: null,
    targets: 'next',
  });
  return {
    ...furtherModels(parameters, networks),
    'attack-bugs': {
      ...attackStep(parameters, onTrainSet),
      nonTransferModels: networks.map(({ id }) => `standard-${id}`),
    },
    d_bugs: { kind: 'synthesize', construction: 'd_det', examples: 'attack-bugs' },
    'fresh-d_bugs': trainStep(parameters, 'd_bugs', nonTransfer),
    'evaluate-d_bugs': onTestSet('fresh-d_bugs'),
    'label-next': { ...standing, epsilon: 0, steps: 1, restarts: 1, gradientSamples: 1, randomStart: false },
    'shifted-test-set': { kind: 'synthesize', construction: 'd_det', examples: 'label-next' },
    'evaluate-d_bugs-shifted': { kind: 'evaluate', model: 'fresh-d_bugs', dataset: 'shifted-test-set' },
    'evaluate-d_det-shifted': { kind: 'evaluate', model: 'fresh-d_det', dataset: 'shifted-test-set' },
  };
}

const shifted = 'D, labelled y+1';

const figures: Extract<StepInput, { kind: 'report' }>['figures'] = [
  {
    kind: 'accuracy',
    title: 'The main result: do adversarial perturbations teach the original classes?',
    rows: [
      { trainedOn: 'D', evaluations: ['evaluate-standard'] },
      { trainedOn: 'D_det', evaluations: ['evaluate-d_det'] },
      { trainedOn: 'D_rand', evaluations: ['evaluate-d_rand'] },
    ],
  },
  {
    kind: 'accuracy',
    title: 'Leakage (Goh): how much of that do robust features tell? Linear probes of the robust model',
    rows: [
      { trainedOn: 'D_det, robust features only', evaluations: ['evaluate-probe-d_det'] },
      { trainedOn: 'D_rand, robust features only', evaluations: ['evaluate-probe-d_rand'] },
    ],
  },
  {
    kind: 'accuracy',
    title: 'Mislabelled (Wallace): does it take perturbations, or do a model’s mistakes teach as much?',
    rows: [{ trainedOn: 'unperturbed mistakes', evaluations: ['evaluate-mislabelled'] }],
  },
  {
    kind: 'accuracy',
    title: 'Just bugs (Nakkiran): what is learned from adversarial examples that do not transfer?',
    rows: [
      { trainedOn: 'D_det, non-transferable', evaluations: ['evaluate-d_bugs'] },
      {
        trainedOn: 'D_det, non-transferable',
        evaluatedOn: shifted,
        evaluations: ['evaluate-d_bugs-shifted'],
      },
      { trainedOn: 'D_det', evaluatedOn: shifted, evaluations: ['evaluate-d_det-shifted'] },
    ],
  },
  {
    kind: 'examples',
    rows: [
      { name: 'D_det', synthesized: 'd_det', dataset: 'train-set' },
      { name: 'D_rand', synthesized: 'd_rand', dataset: 'train-set' },
      { name: 'unperturbed mistakes', synthesized: 'mislabelled', dataset: 'train-set' },
      { name: 'D_det, non-transferable', synthesized: 'd_bugs', dataset: 'train-set' },
    ],
  },
];
