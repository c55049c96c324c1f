import { ToogitError } from '@toogit/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveSpec } from './resolve.js';
import { attack, dataset, graph, model, preset, problemsOf, trained } from './spec-fixture.js';

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
    ...(
      [
        ['lr', 'learningRate'],
        ['bs', 'batchSize'],
        ['wd', 'weightDecay'],
      ] as const
    ).map(([key, meant]): [string, unknown, string, string] => [
      `${key} of other libraries`,
      trained({ [key]: 1 }),
      `steps.model.${key}`,
      `did you mean ${meant}?`,
    ]),
    ['eps', graph({ attack: { ...attack, eps: 1 } }), 'steps.attack.eps', 'did you mean epsilon?'],
    [
      'an attack for a kind',
      graph({ attack: { ...attack, kind: 'fgsm' } }),
      'steps.attack.kind',
      'did you mean attack?',
    ],
    [
      'the earlier name of nonTransferModels',
      graph({ attack: { ...attack, unmovedModels: ['model'] } }),
      'steps.attack.unmovedModels',
      'did you mean nonTransferModels?',
    ],
    ...(
      [
        ['unmoved', 'nonTransferNetworks'],
        ['bugs', 'nonTransfer'],
        ['bugExamples', 'nonTransferExamples'],
      ] as const
    ).map(([old, now]): [string, unknown, string, string] => [
      `the earlier name of ${now}`,
      preset({ study: 'controls', overrides: { [old]: [] } }),
      `overrides.${old}`,
      `did you mean ${now}?`,
    ]),
    ['seeds to sweep', preset({ matrix: { seeds: [0, 1] } }), 'matrix.seeds', 'did you mean seed?'],
    ['a lone surrogate', preset({ name: '\ud800' }), 'name', 'surrogate'],
    ['a control character', graph({}, { name: 'a\u0001' }), 'name', 'control character'],
    [
      'a control character in a title',
      graph({ r: { kind: 'report', figures: [{ kind: 'theory', title: '\u0001', rows: [] }] } }),
      'steps.r.figures.0.title',
      'control character',
    ],
    ['half a pair to sweep', preset({ matrix: { norm: ['\ud800'] } }), 'matrix.norm.0', 'surrogate'],
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
      'targets that do not fit',
      graph({ d_rand: { kind: 'synthesize', construction: 'd_rand', examples: 'attack' } }),
      'steps.d_rand.construction',
      'd_rand is made of an attack with targets: random',
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
      'd_robust is made of an inversion of a model trained adversarially; see inversion',
    ],
    [
      'a non-robust set of a robust model',
      graph({
        model: { ...model, adversarial: { norm: 'l2', epsilon: 0.5 } },
        inversion: { kind: 'invert', model: 'model', dataset: 'data' },
        set: { kind: 'synthesize', construction: 'd_nonrobust', examples: 'inversion' },
      }),
      'steps.set.construction',
      'd_nonrobust is made of an inversion of a model trained without adversarial',
    ],
    [
      'mistakes of an attack',
      graph({ set: { kind: 'synthesize', construction: 'mislabelled', examples: 'attack' } }),
      'steps.set.construction',
      'mislabelled is made of an evaluation; see attack',
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
      'a non-transfer model of other images',
      graph({
        other: { ...dataset, dataset: 'cifar10' },
        elsewhere: { ...model, dataset: 'other' },
        attack: { ...attack, nonTransferModels: ['model', 'elsewhere'] },
      }),
      'steps.attack.nonTransferModels.1',
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
      'a row of two models',
      graph({
        other: { ...model, width: 0.5 },
        one: { kind: 'evaluate', model: 'model', dataset: 'data' },
        two: { kind: 'evaluate', model: 'other', dataset: 'data' },
        report: {
          kind: 'report',
          figures: [{ kind: 'accuracy', rows: [{ trainedOn: 'D', evaluations: ['one', 'two'] }] }],
        },
      }),
      'steps.report.figures.0.rows.0.evaluations.1',
      'a row is of one model and one data set',
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
