import { ToogitError } from '@toogit/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { specDigest } from './digest.js';
import { resolveSpec } from './resolve.js';

/** The details of the SPEC_INVALID that a spec gives, by path. */
function problemsOf(spec: unknown): Record<string, string> {
  try {
    resolveSpec(spec);
  } catch (error) {
    if (!(error instanceof ToogitError) || error.code !== 'SPEC_INVALID') throw error;
    const details = error.details ?? [];
    return Object.fromEntries(
      details.map((d) => [d.path, [d.message, d.suggestion].filter(Boolean).join('; ')]),
    );
  }
  throw new Error('the spec was accepted');
}

const dataset = { kind: 'dataset', dataset: 'mnist', split: 'train' };
const model = { kind: 'train', dataset: 'data', architecture: 'cnn' };
const attack = {
  kind: 'attack',
  sourceModel: 'model',
  dataset: 'data',
  norm: 'linf',
  epsilon: '8/255',
  targets: 'next',
};
const graph = (steps: Record<string, unknown>, rest = {}) => ({
  name: 'test',
  steps: { data: dataset, model, attack, ...steps },
  ...rest,
});
const trained = (rest: Record<string, unknown>) => graph({ model: { ...model, ...rest } });
const preset = (rest = {}) => ({ study: 'simple-experiment', profile: 'smoke', ...rest });

describe('restricted-imagenet', () => {
  const data = { kind: 'dataset', dataset: 'restricted-imagenet', split: 'train' };
  const steps = { data, model: { ...model, architecture: 'resnet18' } };
  const withSteps = (more: Record<string, unknown>) => ({ name: 'test', steps: { ...steps, ...more } });
  const evaluate = { kind: 'evaluate', model: 'model', dataset: 'test' };

  it('has 224 pixels unless another size is given; other data sets have their own', () => {
    const sizeOf = (step: object) => resolveSpec(withSteps({ data: step })).points[0]?.steps.data;
    expect(sizeOf(data)).toMatchObject({ imageSize: 224 });
    expect(sizeOf({ ...data, imageSize: 64 })).toMatchObject({ imageSize: 64 });
    expect(sizeOf(dataset)).not.toHaveProperty('imageSize');
    expect(problemsOf(graph({ data: { ...dataset, imageSize: 32 } }))).toEqual({
      'steps.data.imageSize': 'the images of mnist have a size of their own; leave imageSize out',
    });
  });

  it('wants a model and its images to have the same size', () => {
    const test = { ...data, split: 'test', imageSize: 64 };
    expect(problemsOf(withSteps({ test, evaluate }))).toEqual({
      'steps.evaluate.model':
        'the model is trained on restricted-imagenet at imageSize 224, the images are restricted-imagenet at imageSize 64',
    });
    resolveSpec(withSteps({ data: { ...data, imageSize: 64 }, test, evaluate }));
  });

  it('is refused where a network wants larger images', () => {
    const vgg16 = { ...model, architecture: 'vgg16' };
    expect(problemsOf(withSteps({ data: { ...data, imageSize: 31 }, model: vgg16 }))).toEqual({
      'steps.model.architecture': 'images of restricted-imagenet (31×31) are too small for vgg16',
    });
    resolveSpec(withSteps({ data: { ...data, imageSize: 32 }, model: vgg16 }));
  });

  it('has 257,748 training images', () => {
    expect(problemsOf(withSteps({ data: { ...data, examples: 257_749 } }))).toHaveProperty([
      'steps.data.examples',
    ]);
  });
});

describe('a graph', () => {
  it('is resolved with every default', () => {
    const { name, study, profile, points } = resolveSpec(graph({}));
    expect({ name, study, profile }).toEqual({ name: 'test', study: null, profile: null });
    expect(points).toEqual([
      {
        id: '',
        seed: 0,
        steps: {
          data: { ...dataset, examples: null },
          model: {
            ...model,
            width: 1,
            epochs: 150,
            batchSize: 128,
            learningRate: 0.1,
            schedule: { kind: 'step', everyEpochs: 50, factor: 0.1 },
            momentum: 0.9,
            nesterov: false,
            weightDecay: 5e-4,
            augmentation: 'flip-crop',
            labelSmoothing: 0,
            depth: null,
            adversarial: null,
            precision: 'float32',
            featuresFrom: null,
            checkpointEveryEpochs: 1,
          },
          attack: {
            ...attack,
            examples: null,
            epsilon: 8 / 255,
            stepSize: 8 / 255 / 5,
            steps: 100,
            randomStart: false,
            restarts: 1,
            gradientSamples: 1,
            unmovedModels: [],
            precision: 'float32',
            blockSize: 500,
          },
        },
      },
    ]);
  });

  it('resolves the steps of every study with their defaults', () => {
    const measured = { model: 'model', dataset: 'data' };
    const { points } = resolveSpec(
      graph({
        robust: { ...model, adversarial: { norm: 'l2', epsilon: '128/255' } },
        inversion: { kind: 'invert', ...measured },
        responses: { kind: 'feature-responses', ...measured, norm: 'l2', epsilon: 0.25 },
        patterns: { kind: 'patterns', examples: 'attack' },
        theory: { kind: 'theory', dimensions: [2], epsilons: [0.5] },
      }),
    );
    const steps = points[0]?.steps;
    expect(steps?.robust).toMatchObject({
      adversarial: {
        norm: 'l2',
        epsilon: 128 / 255,
        stepSize: 128 / 255 / 5,
        steps: 7,
        randomStart: false,
      },
    });
    expect(steps?.inversion).toMatchObject({
      examples: null,
      stepSize: 0.1,
      steps: 1000,
      start: 'other-image',
    });
    expect(steps?.responses).toMatchObject({ stepSize: 0.05, steps: 10, examples: null, blockSize: 500 });
    expect(steps?.patterns).toMatchObject({ evaluated: [], amplification: 8, universalEpochs: 2 });
    expect(steps?.theory).toMatchObject({ conditionNumber: 16, meanNorm: 1 });
  });

  it('means the same in any order of keys and with defaults written out', () => {
    const { points } = resolveSpec(graph({}));
    const steps = Object.fromEntries(
      Object.entries(points[0]?.steps ?? {})
        .reverse()
        .map(([name, step]) => [name, Object.fromEntries(Object.entries(step).reverse())]),
    );
    expect(specDigest(resolveSpec({ steps, seed: 0, name: 'test' }))).toBe(
      specDigest(resolveSpec(graph({}))),
    );
  });
});

describe('what is wrong is named with its path and a way out', () => {
  it.each([
    [
      'misspelt key',
      graph({ attack: { ...attack, stepsize: 0.1 } }),
      'steps.attack.stepsize',
      'did you mean stepSize?',
    ],
    [
      'misspelt nested key',
      graph({ model: { ...model, schedule: { kind: 'linear', warmup: 0.1 } } }),
      'steps.model.schedule.warmup',
      'unknown key',
    ],
    ['misspelt top-level key', graph({}, { matirx: {} }), 'matirx', 'did you mean matrix?'],
    [
      'misspelt parameter',
      preset({ overrides: { d_det: { epoch: 1 } } }),
      'overrides.d_det.epoch',
      'did you mean epochs?',
    ],
    [
      'unknown architecture',
      graph({ model: { ...model, architecture: 'resnet-18' } }),
      'steps.model.architecture',
      'did you mean resnet18?',
    ],
    [
      'unknown kind',
      graph({ model: { ...model, kind: 'trian' } }),
      'steps.model.kind',
      'did you mean train?',
    ],
    [
      'unknown schedule',
      graph({ model: { ...model, schedule: { kind: 'steps' } } }),
      'steps.model.schedule.kind',
      'did you mean step?',
    ],
    [
      'unknown study',
      { study: 'simple-experimnt', profile: 'smoke' },
      'study',
      'did you mean simple-experiment?',
    ],
    ['unknown profile', { study: 'simple-experiment', profile: 'smoek' }, 'profile', 'did you mean smoke?'],
    [
      'unknown step',
      graph({ model: { ...model, dataset: 'dta' } }),
      'steps.model.dataset',
      'did you mean data?',
    ],
    [
      'step of the wrong kind',
      graph({ second: { ...model, dataset: 'model' } }),
      'steps.second.dataset',
      'kind train; this takes dataset or synthesize',
    ],
    [
      '0..255 units',
      graph({ attack: { ...attack, epsilon: 8 } }),
      'steps.attack.epsilon',
      'in [0,1] pixel units; 8 is farther than two images can be apart in linf; did you mean 8/255?',
    ],
    [
      '0..255 units in a preset',
      preset({ overrides: { norm: 'linf', epsilon: 8 } }),
      'overrides.epsilon',
      'did you mean 8/255?',
    ],
    [
      '0..255 units in l2',
      graph({ attack: { ...attack, norm: 'l2', epsilon: 128 } }),
      'steps.attack.epsilon',
      'did you mean 128/255?',
    ],
    [
      'negative epsilon',
      graph({ attack: { ...attack, epsilon: -0.5 } }),
      'steps.attack.epsilon',
      'must not be negative',
    ],
    [
      'negative fraction',
      graph({ attack: { ...attack, epsilon: '-8/255' } }),
      'steps.attack.epsilon',
      'must not be negative',
    ],
    [
      'not a fraction',
      graph({ attack: { ...attack, epsilon: '8/0' } }),
      'steps.attack.epsilon',
      'a fraction such as "8/255"',
    ],
    [
      'no step at all',
      graph({ attack: { ...attack, stepSize: 0 } }),
      'steps.attack.stepSize',
      'greater than 0',
    ],
    [
      'missing key',
      graph({ attack: { ...attack, norm: undefined } }),
      'steps.attack.norm',
      'missing; one of l2, linf',
    ],
    [
      'numeral in quotes',
      graph({ model: { ...model, learningRate: '0.1' } }),
      'steps.model.learningRate',
      'did you mean 0.1?',
    ],
    ['bad step name', graph({ '1st': dataset }), 'steps.1st', 'a step name is a letter'],
    [
      'too many examples',
      graph({ data: { ...dataset, examples: 60_001 } }),
      'steps.data.examples',
      'more than the 60000 examples of mnist train',
    ],
    [
      'more than the data set holds',
      graph({ data: { ...dataset, examples: 10 } }),
      'steps.model.batchSize',
      'more than the 10 examples of data',
    ],
    [
      'targets that do not fit',
      graph({ d_rand: { kind: 'synthesize', construction: 'd_rand', examples: 'attack' } }),
      'steps.d_rand.construction',
      'd_rand wants an attack with targets: random',
    ],
    [
      'evaluation of foreign examples',
      graph({ test: dataset, e: { kind: 'evaluate', model: 'model', dataset: 'test', attack: 'attack' } }),
      'steps.e.attack',
      'did you mean dataset: data?',
    ],
    [
      'images of another kind',
      graph({
        other: { ...dataset, dataset: 'cifar10' },
        e: { kind: 'evaluate', model: 'model', dataset: 'other' },
      }),
      'steps.e.model',
      'trained on mnist, the images are cifar10',
    ],
    ['a depth of none', trained({ depth: 50 }), 'steps.model.depth', 'densenet-bc comes in several'],
    [
      'a depth that there is not',
      trained({ architecture: 'densenet-bc', depth: 42 }),
      'steps.model.depth',
      'the depth of densenet-bc is 6n + 4, at least 10, not 42',
    ],
    [
      'images too small',
      trained({ architecture: 'vgg16' }),
      'steps.model.architecture',
      'images of mnist (28×28) are too small for vgg16',
    ],
    [
      'a robust set of a standard model',
      graph({
        inversion: { kind: 'invert', model: 'model', dataset: 'data' },
        set: { kind: 'synthesize', construction: 'd_robust', examples: 'inversion' },
      }),
      'steps.set.construction',
      'd_robust wants an inversion of a model trained adversarially; see inversion',
    ],
    [
      'a non-robust set of a robust model',
      graph({
        model: { ...model, adversarial: { norm: 'l2', epsilon: 0.5 } },
        inversion: { kind: 'invert', model: 'model', dataset: 'data' },
        set: { kind: 'synthesize', construction: 'd_nonrobust', examples: 'inversion' },
      }),
      'steps.set.construction',
      'd_nonrobust wants an inversion of a model trained without adversarial',
    ],
    [
      'mistakes of an attack',
      graph({ set: { kind: 'synthesize', construction: 'mislabelled', examples: 'attack' } }),
      'steps.set.construction',
      'mislabelled wants an evaluation; see attack',
    ],
    [
      'a probe of another network',
      graph({ probe: { ...model, width: 0.5, featuresFrom: 'model' } }),
      'steps.probe.width',
      '0.5 here, 1 in model, whose features are kept',
    ],
    [
      'an attack on images whose number is not known',
      graph({
        mistakes: { kind: 'evaluate', model: 'model', dataset: 'data' },
        mislabelled: { kind: 'synthesize', construction: 'mislabelled', examples: 'mistakes' },
        second: { ...attack, dataset: 'mislabelled' },
      }),
      'steps.second.dataset',
      'how many images mislabelled holds is known only when it is made',
    ],
    [
      "another model's attack in a transfer matrix",
      graph({
        other: model,
        matrix: {
          kind: 'transfer-matrix',
          models: [
            { name: 'a', model: 'model', attack: 'attack' },
            { name: 'b', model: 'other', attack: 'attack' },
          ],
        },
      }),
      'steps.matrix.models.1.attack',
      'attack attacks model, not other',
    ],
    [
      'attacks on different images in a transfer matrix',
      graph({
        other: { ...dataset, split: 'test' },
        second: { ...attack, dataset: 'other' },
        matrix: {
          kind: 'transfer-matrix',
          models: [
            { name: 'a', model: 'model', attack: 'attack' },
            { name: 'b', model: 'model', attack: 'second' },
          ],
        },
      }),
      'steps.matrix.models.1.attack',
      'second attacks other, attack attacks data; all must attack the same',
    ],
    [
      'patterns of no class',
      graph({
        attack: { ...attack, targets: 'none' },
        patterns: { kind: 'patterns', examples: 'attack' },
      }),
      'steps.patterns.examples',
      'attack has no targets; patterns are of perturbations toward a class',
    ],
    [
      'an unmoved model of other images',
      graph({
        other: { ...dataset, dataset: 'cifar10' },
        elsewhere: { ...model, dataset: 'other' },
        attack: { ...attack, unmovedModels: ['model', 'elsewhere'] },
      }),
      'steps.attack.unmovedModels.1',
      'trained on cifar10, the images are mnist',
    ],
    [
      'a misspelt model in a list',
      graph({
        matrix: {
          kind: 'transfer-matrix',
          models: [
            { name: 'a', model: 'modle', attack: 'attack' },
            { name: 'b', model: 'model', attack: 'attack' },
          ],
        },
      }),
      'steps.matrix.models.0.model',
      'no step is named modle; did you mean model?',
    ],
    [
      'a figure of the wrong kind of step',
      graph({ report: { kind: 'report', figures: [{ kind: 'theory', rows: [{ theory: 'model' }] }] } }),
      'steps.report.figures.0.rows.0.theory',
      'model is a step of kind train; this takes theory',
    ],
    [
      'an unknown figure',
      graph({ report: { kind: 'report', figures: [{ kind: 'acuracy', rows: [] }] } }),
      'steps.report.figures.0.kind',
      'did you mean accuracy?',
    ],
    [
      '0..255 units of adversarial training',
      graph({ model: { ...model, adversarial: { norm: 'linf', epsilon: 8 } } }),
      'steps.model.adversarial.epsilon',
      'did you mean 8/255?',
    ],
    ['both forms', { ...graph({}), study: 'simple-experiment' }, 'steps', 'not both'],
    ['neither form', { nme: 'x' }, '', 'either study (a preset) or steps (a graph)'],
    ['not an object', [1], '', 'a spec is an object'],
    ['no steps', { name: 'x', steps: {} }, 'steps', 'no step'],
    [
      'dangerous name',
      { name: 'x', steps: JSON.parse('{"__proto__":{"kind":"dataset"}}') },
      'steps.__proto__',
      'not a name',
    ],
  ])('%s', (_, spec, path, message) => {
    expect(problemsOf(spec)[path]).toContain(message);
  });

  it('reports a cycle with the steps on it', () => {
    const cyclic = graph({
      attack: { ...attack, dataset: 'd_det' },
      d_det: { kind: 'synthesize', construction: 'd_det', examples: 'attack' },
    });
    expect(problemsOf(cyclic)).toEqual({
      'steps.attack.dataset': 'cyclic reference: attack → d_det → attack',
    });
  });

  it('reports all of it at once', () => {
    const spec = graph(
      { model: { ...model, dataset: 'dta', epochs: 0 }, attack: { ...attack, epsilon: 8, stepsize: 1 } },
      { sede: 1 },
    );
    expect(Object.keys(problemsOf(spec)).sort()).toEqual([
      'sede',
      'steps.attack.epsilon',
      'steps.attack.stepsize',
      'steps.model.dataset',
      'steps.model.epochs',
    ]);
  });

  it('never fails otherwise, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (steps, matrix) => {
        for (const spec of [steps, { name: 'x', steps, matrix }, { ...preset(), overrides: steps, matrix }]) {
          try {
            resolveSpec(spec);
          } catch (error) {
            expect(error).toBeInstanceOf(ToogitError);
          }
        }
      }),
    );
  });

  it('survives nesting deep enough to exhaust a stack', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(problemsOf(graph({ model: { ...model, schedule: deep } }))).toHaveProperty([
      'steps.model.schedule',
    ]);
  });
});

describe('a preset', () => {
  it('takes overrides in place of its profile, one training at a time', () => {
    const spec = preset({
      overrides: { epsilon: '128/255', width: 0.5, d_rand: { learningRate: 0.05, width: 1 } },
    });
    const steps = resolveSpec(spec).points[0]?.steps;
    expect(steps?.['attack-next']).toMatchObject({
      epsilon: 128 / 255,
      stepSize: 128 / 255 / 5,
      targets: 'next',
    });
    expect(steps?.standard).toMatchObject({ width: 0.5, learningRate: 0.2 });
    expect(steps?.['fresh-d_rand']).toMatchObject({ width: 1, learningRate: 0.05, epochs: 12 });
    expect(steps?.['fresh-d_det']).toMatchObject({ width: 0.5, learningRate: 0.2 });
  });

  it("holds the paper's hyper-parameters", () => {
    const steps = resolveSpec({ study: 'simple-experiment', profile: 'paper' }).points[0]?.steps;
    const training = {
      architecture: 'resnet50',
      width: 1,
      epochs: 150,
      batchSize: 128,
      momentum: 0.9,
      nesterov: false,
      weightDecay: 5e-4,
      schedule: { kind: 'step', everyEpochs: 50, factor: 0.1 },
    };
    expect(steps?.standard).toMatchObject({ ...training, learningRate: 0.1, augmentation: 'flip-crop' });
    expect(steps?.['fresh-d_det']).toMatchObject({ ...training, learningRate: 0.1, augmentation: 'none' });
    expect(steps?.['fresh-d_rand']).toMatchObject({ ...training, learningRate: 0.01 });
    expect(steps?.['attack-random']).toMatchObject({ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 100 });
    expect(steps?.report).toMatchObject({
      figures: [
        {
          kind: 'accuracy',
          rows: [
            { trainedOn: 'D', paper: { clean: 0.953 } },
            { trainedOn: 'D_det', paper: { clean: 0.437 } },
            { trainedOn: 'D_rand', paper: { clean: 0.633 } },
          ],
        },
        { kind: 'examples' },
      ],
    });
  });

  it("gives no figure of the paper for what the paper didn't measure", () => {
    const steps = resolveSpec(preset({ overrides: { dataset: 'mnist' } })).points[0]?.steps;
    expect(steps?.report).toMatchObject({
      figures: [{ rows: [{ paper: null }, { paper: null }, { paper: null }] }, { kind: 'examples' }],
    });
  });

  it('runs the usual seeds of its profile, unless the spec says which', () => {
    const seeds = (rest: object) =>
      resolveSpec({ study: 'simple-experiment', profile: 'lab', ...rest }).points.map((p) => [p.id, p.seed]);
    const usual = [
      ['seed=0', 0],
      ['seed=1', 1],
      ['seed=2', 2],
    ];
    expect(seeds({})).toEqual(usual);
    expect(seeds({ seed: 3 })).toEqual([['', 3]]);
    expect(seeds({ matrix: { seed: [4] } })).toEqual([['seed=4', 4]]);
    expect(seeds({ matrix: { epsilon: [0.5] } })).toEqual(
      usual.map(([id, seed]) => [`${id},epsilon=0.5`, seed]),
    );
    expect(seeds({ profile: 'smoke' })).toEqual([['', 0]]);
  });

  it('says which override asks for more images than there are', () => {
    expect(problemsOf(preset({ overrides: { attackExamples: 45_000 } })).overrides).toContain(
      '45000 is more than the 40000 examples of train-set',
    );
  });
});

describe('a matrix', () => {
  it('gives every combination, the seed first, whatever the order of its keys', () => {
    const points = (matrix: unknown) => resolveSpec(preset({ matrix })).points;
    const swept = points({ epsilon: [0.25, '128/255'], seed: [0, 1], 'd_det.epochs': [3] });
    expect(swept.map((p) => [p.id, p.seed])).toEqual([
      ['seed=0,d_det.epochs=3,epsilon=0.25', 0],
      ['seed=0,d_det.epochs=3,epsilon=128/255', 0],
      ['seed=1,d_det.epochs=3,epsilon=0.25', 1],
      ['seed=1,d_det.epochs=3,epsilon=128/255', 1],
    ]);
    expect(swept[1]?.steps['attack-next']).toMatchObject({ epsilon: 128 / 255 });
    expect(swept[1]?.steps['fresh-d_det']).toMatchObject({ epochs: 3 });
    expect(points({ seed: [0, 1], 'd_det.epochs': [3], epsilon: [0.25, '128/255'] })).toEqual(swept);
  });

  it('fills placeholders of a graph', () => {
    const spec = graph(
      { attack: { ...attack, epsilon: '$' + '{epsilon}' } },
      { matrix: { epsilon: ['8/255', 0.1], seed: [4] } },
    );
    expect(resolveSpec(spec).points.map((p) => [p.id, p.seed, p.steps.attack])).toMatchObject([
      ['seed=4,epsilon=8/255', 4, { epsilon: 8 / 255 }],
      ['seed=4,epsilon=0.1', 4, { epsilon: 0.1 }],
    ]);
  });

  const swept = { ...attack, epsilon: '$' + '{eps}' };
  it.each([
    ['misspelt override', preset({ matrix: { epsilonn: [1] } }), 'matrix.epsilonn', 'did you mean epsilon?'],
    ['wrong value', preset({ matrix: { epsilon: [0.5, -1] } }), 'matrix.epsilon', 'must not be negative'],
    ['wrong seed', preset({ matrix: { seed: [0.5] } }), 'matrix.seed', 'expected int'],
    ['wrong seed of a graph', graph({}, { matrix: { seed: [-1] } }), 'matrix.seed', 'Too small'],
    ['given twice', preset({ seed: 1, matrix: { seed: [1] } }), 'matrix.seed', 'also given outside'],
    [
      'override given twice',
      preset({ overrides: { d_det: { epochs: 3 } }, matrix: { 'd_det.epochs': [1] } }),
      'matrix.d_det.epochs',
      'also given outside',
    ],
    ['repeated value', preset({ matrix: { seed: [1, 1] } }), 'matrix.seed', 'comes twice'],
    ['no values', preset({ matrix: { seed: [] } }), 'matrix.seed', 'Too small'],
    [
      'too many points',
      preset({ matrix: { seed: Array.from({ length: 1001 }, (_, i) => i) } }),
      'matrix',
      '1001 points are more than the 1000',
    ],
    ['unused key', graph({}, { matrix: { epsilon: [1] } }), 'matrix.epsilon', 'no step uses it'],
    [
      'unknown placeholder',
      graph({ attack: swept, b: { ...attack, stepSize: '$' + '{epss}' } }, { matrix: { eps: [0.1] } }),
      'steps.b.stepSize',
      'did you mean eps?',
    ],
    [
      'placeholder without matrix',
      graph({ attack: swept }),
      'steps.attack.epsilon',
      'the matrix has no key eps',
    ],
    [
      'value in the wrong unit',
      graph({ attack: swept }, { matrix: { eps: [8] } }),
      'steps.attack.epsilon',
      '(matrix: eps=8); did you mean 8/255?',
    ],
  ])('%s is refused', (_, spec, path, message) => {
    expect(problemsOf(spec)[path]).toContain(message);
  });

  it('is capped in steps over all points', () => {
    const steps = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}`, dataset]));
    const seed = Array.from({ length: 1000 }, (_, i) => i);
    expect(() => resolveSpec(graph(steps, { matrix: { seed } }))).toThrow(
      expect.objectContaining({ code: 'SPEC_TOO_LARGE' }),
    );
  });
});
