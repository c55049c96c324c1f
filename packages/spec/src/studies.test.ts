import { profiles, type StudyName, studies, studyNames } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { describe, expect, it } from 'vitest';
import { orderSteps, stepReferences } from './references.js';
import { resolveSpec } from './resolve.js';

const every = studyNames.flatMap((study) => profiles.map((profile) => [study, profile] as const));
const stepsOf = (study: StudyName, profile: string, overrides = {}) =>
  resolveSpec({ study, profile, overrides }).points[0]?.steps ?? {};

function problemsOf(study: StudyName, rest: object): Record<string, string> {
  try {
    resolveSpec({ study, profile: 'smoke', ...rest });
  } catch (error) {
    if (!(error instanceof ToogitError)) throw error;
    const details = error.details ?? [];
    return Object.fromEntries(details.map((d) => [d.path, `${d.message}; ${d.suggestion ?? ''}`]));
  }
  throw new Error('the spec was accepted');
}

describe.each(every)('%s, %s', (study, profile) => {
  it('resolves at its usual seeds', () => {
    const { points } = resolveSpec({ study, profile });
    expect(points.map((p) => p.seed)).toEqual(studies[study].seeds[profile]);
  });

  it('shows in its report, or needs for it, every step that it has', () => {
    const steps = stepsOf(study, profile);
    const needed = new Set(['report']);
    for (const name of [...orderSteps(steps).order].reverse()) {
      if (needed.has(name)) for (const reference of stepReferences(steps[name])) needed.add(reference.name);
    }
    expect(Object.keys(steps).filter((name) => !needed.has(name))).toEqual([]);
  });
});

describe('studies share what they have in common', () => {
  const shared = ['train-set', 'test-set', 'standard'];
  const everywhere: StudyName[] = ['sensitivity', 'patterns'];
  const butLab: StudyName[] = ['robust-features', 'feature-usefulness'];

  it.each([
    ...everywhere.flatMap((study) => profiles.map((profile) => [study, profile] as const)),
    ...butLab.flatMap((study) => (['smoke', 'paper'] as const).map((profile) => [study, profile] as const)),
    ['controls', 'lab'] as const,
    ['controls', 'paper'] as const,
    ['transferability', 'paper'] as const,
  ])('%s, %s, begins with the standard model of simple-experiment', (study, profile) => {
    const [simple, other] = [stepsOf('simple-experiment', profile), stepsOf(study, profile)];
    for (const name of shared) expect(other[name]).toEqual(simple[name]);
  });

  it.each(['lab', 'paper'])(
    'controls, %s, takes its main rows from simple-experiment, its robust model from robust-features',
    (profile) => {
      const controls = stepsOf('controls', profile);
      const simple = stepsOf('simple-experiment', profile);
      for (const name of ['attack-next', 'd_rand', 'fresh-d_det', 'fresh-d_rand', 'evaluate-d_det']) {
        expect(controls[name]).toEqual(simple[name]);
      }
      expect(controls.robust).toEqual(stepsOf('robust-features', profile).robust);
    },
  );

  it.each(profiles)('feature-usefulness, %s, measures the models of robust-features', (profile) => {
    expect(stepsOf('feature-usefulness', profile).robust).toEqual(stepsOf('robust-features', profile).robust);
  });
});

describe("the paper's hyper-parameters", () => {
  const training = {
    architecture: 'resnet50',
    width: 1,
    epochs: 150,
    batchSize: 128,
    learningRate: 0.1,
    momentum: 0.9,
    nesterov: false,
    weightDecay: 5e-4,
    schedule: { kind: 'step', everyEpochs: 50, factor: 0.1 },
    precision: 'float32',
  };

  it('of the robust model and of D_R and D_NR', () => {
    const steps = stepsOf('robust-features', 'paper');
    expect(steps.robust).toMatchObject({
      ...training,
      adversarial: { norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 7, randomStart: false },
    });
    for (const [name, model] of [
      ['invert-robust', 'robust'],
      ['invert-standard', 'standard'],
    ] as const) {
      expect(steps[name]).toMatchObject({ model, stepSize: 0.1, steps: 1000, examples: null });
    }
    expect(steps['fresh-d_robust']).toMatchObject(training);
    expect(steps['fresh-d_nonrobust']).toMatchObject({ ...training, learningRate: 0.01 });
  });

  it('of robust-features stand beside its rows', () => {
    expect(stepsOf('robust-features', 'paper').report).toMatchObject({
      figures: [
        {
          rows: [
            { trainedOn: 'D', paper: { clean: 0.953, robust: [{ epsilon: 0.25, accuracy: 0.0449 }] } },
            { paper: { clean: 0.9083, robust: [{ accuracy: 0.8231 }, { accuracy: 0.7011 }] } },
            {
              trainedOn: 'D_R',
              evaluations: ['evaluate-fresh-d_robust-0_25', 'evaluate-fresh-d_robust-0_5'],
              paper: { clean: 0.841, robust: [{ accuracy: 0.4827 }, { accuracy: 0.2185 }] },
            },
            { trainedOn: 'D_NR', paper: { clean: 0.8768, robust: [{ epsilon: 0.25, accuracy: 0.0082 }] } },
          ],
        },
        { kind: 'examples' },
      ],
    });
  });

  it('of transferability: five architectures on the D_det of a ResNet-50', () => {
    const steps = stepsOf('transferability', 'paper');
    const networks = ['resnet50', 'resnet18', 'vgg16', 'inceptionv3', 'densenet121'];
    expect(steps['attack-next']).toMatchObject({ sourceModel: 'standard', targets: 'next', stepSize: 0.1 });
    expect(steps.standard).toMatchObject(training);
    for (const architecture of networks) {
      expect(steps[`standard-${architecture}`]).toMatchObject({ ...training, architecture });
      expect(steps[`fresh-d_det-${architecture}`]).toMatchObject({ architecture, augmentation: 'none' });
      expect(steps[`transferred-${architecture}`]).toMatchObject({ attack: 'attack-test-next' });
    }
  });
});

describe('parameters', () => {
  it('of nested settings are overridden one by one', () => {
    const steps = stepsOf('robust-features', 'smoke', {
      adversarial: { steps: 1 },
      evaluation: { epsilons: ['8/255'], norm: 'linf' },
      inversion: { examples: 200 },
    });
    expect(steps.robust).toMatchObject({ adversarial: { steps: 1, norm: 'l2', epsilon: 0.5 } });
    expect(steps['attack-robust-0_03137254901960784']).toMatchObject({ norm: 'linf', epsilon: 8 / 255 });
    expect(steps['invert-robust']).toMatchObject({ examples: 200, start: 'other-image' });
    const paper = null;
    expect(steps.report).toMatchObject({
      figures: [{ rows: [{ paper }, { paper }, { paper }, { paper }] }, {}],
    });
  });

  it('list networks, of which several may be alike', () => {
    const network = { architecture: 'cnn', width: 0.25 };
    const steps = stepsOf('controls', 'smoke', { nonTransferNetworks: [network, network] });
    expect(steps['attack-bugs']).toMatchObject({ nonTransferModels: ['standard-cnn', 'standard-cnn-2'] });
    expect(steps['standard-cnn']).toEqual(steps['standard-cnn-2']);
  });

  it('sweep every learning rate with every augmentation', () => {
    const overrides = { learningRates: [0.01, 0.1, 1], augmentations: ['none', 'flip-crop'] };
    const steps = stepsOf('sensitivity', 'smoke', overrides);
    const trainings = Object.entries(steps).filter(([name]) => name.startsWith('fresh-'));
    expect(trainings).toHaveLength(2 * 2 * 3);
    expect(steps['fresh-d_rand-flip-crop-0_01']).toMatchObject({
      dataset: 'd_rand',
      learningRate: 0.01,
      augmentation: 'flip-crop',
    });
  });

  it.each<[StudyName, object, string, string]>([
    ['robust-features', { overrides: { invresion: {} } }, 'overrides.invresion', 'did you mean inversion?'],
    [
      'robust-features',
      { overrides: { adversarial: { stepsize: 0.1 } } },
      'overrides.adversarial.stepsize',
      'did you mean stepSize?',
    ],
    [
      'robust-features',
      { overrides: { evaluation: { norm: 'linf', epsilons: ['8/255', 8] } } },
      'overrides.evaluation.epsilons.1',
      'did you mean 8/255?',
    ],
    [
      'robust-features',
      { matrix: { 'adversarial.epsilon': [0.5, 0] } },
      'matrix.adversarial.epsilon',
      'must be greater than 0',
    ],
    [
      'transferability',
      { overrides: { networks: [{ architecture: 'vgg16', widht: 1 }] } },
      'overrides.networks.0.widht',
      'did you mean width?',
    ],
    [
      'transferability',
      { overrides: { networks: [{ architecture: 'vgg-16', width: 1 }] } },
      'overrides.networks.0.architecture',
      'did you mean vgg16?',
    ],
    [
      'sensitivity',
      { overrides: { augmentations: ['flip'] } },
      'overrides.augmentations.0',
      'one of none, crop, flip-crop',
    ],
    ['sensitivity', { matrix: { 'fresh.epoch': [1] } }, 'matrix.fresh.epoch', 'did you mean epochs?'],
    ['feature-usefulness', { overrides: { epsilon: 64 } }, 'overrides.epsilon', 'did you mean 64/255?'],
    ['gaussian', { overrides: { dimension: [2] } }, 'overrides.dimension', 'did you mean dimensions?'],
    ['gaussian', { overrides: { dimensions: [1] } }, 'overrides.dimensions.0', 'Too small'],
    [
      'patterns',
      { overrides: { attackExamples: 20_000 } },
      'overrides',
      'steps.attack-test-random.examples: 20000 is more than the 10000 examples of test-set',
    ],
    [
      'controls',
      { overrides: { probe: { architecture: 'cnn' } } },
      'overrides.probe.architecture',
      'unknown key',
    ],
  ])('of %s that are wrong, %j, are named', (study, rest, path, message) => {
    expect(problemsOf(study, rest)[path]).toContain(message);
  });
});
